import { describe, expect, it } from '@jest/globals';
import type { Thing } from '../../harness/model/resource';
import { openingLine, PLAYS, verdict, withoutPorts } from './gated-story';

/** A hundred plays of the longest story, beside others on a busy machine. */
const DEADLINE_MS = 300_000;

/** What the gate must say of a leaky variant, in every one of its tests. */
export interface ExpectedFinding {
  /** Whose defect it is: absent for the code under test. */
  readonly class?: 'library';
  /** Text of the line that opened the root. */
  readonly opens: string;
  /** Its sentence. */
  readonly says: RegExp;
  /** Its last sentence. */
  readonly remedy: string;
  /** The tree beneath the root, without what changes from moment to moment: subchannels, and timers by which gRPC tries again. */
  readonly owns: Tree;
}

/** Noun and label of every thing, each with what it owns. */
export type Tree = readonly (readonly [string, Tree])[];

const comesAndGoes = ({ kind, facts }: Thing): boolean =>
  kind === 'grpc-subchannel' || (facts.unref === true && facts.delayMs !== undefined);

const treeOf = ({ owns }: Thing): Tree =>
  owns
    .filter((thing) => !comesAndGoes(thing))
    .map((thing) => [withoutPorts(`${thing.noun} ${thing.label}`).trim(), treeOf(thing)] as const);

/** Plays every variant under the gate, many times in a row: each test of a leaky one has exactly one finding, and all say the same. */
export function describeVerdicts(
  scenario: string,
  leaky: Readonly<Record<string, ExpectedFinding>>,
  fixed: readonly string[],
): void {
  describe(`${scenario} under the gate, ${PLAYS} times in a row`, () => {
    it.each(Object.entries(leaky))(
      'fails %s with exactly one finding a test, always the same',
      async (variant, expected) => {
        const { tests, failed, findings } = await verdict(scenario, variant, PLAYS);
        expect([tests, failed.length, findings.length]).toEqual([PLAYS, PLAYS, PLAYS]);
        expect(new Set(findings.map(({ scope }) => scope.path.join(' '))).size).toBe(PLAYS);
        const alike = new Map(findings.map(({ fingerprint, message }) => [fingerprint, message]));
        expect([...alike]).toHaveLength(1);
        for (const finding of findings) {
          expect([finding.kind, finding.class, finding.root.kind, finding.count]).toEqual([
            'leak',
            expected.class,
            'grpc-channel',
            1,
          ]);
          expect(openingLine(finding)).toBe(expected.opens);
          const [sentence, remedy] = withoutPorts(finding.message).split('\n');
          expect(sentence).toMatch(expected.says);
          expect(remedy).toBe(expected.remedy);
          expect(treeOf(finding.root)).toEqual(expected.owns);
        }
      },
      DEADLINE_MS,
    );

    it.each(fixed)(
      'passes %s',
      async (variant) => {
        expect(await verdict(scenario, variant, PLAYS)).toEqual({ tests: PLAYS, failed: [], findings: [] });
      },
      DEADLINE_MS,
    );
  });
}
