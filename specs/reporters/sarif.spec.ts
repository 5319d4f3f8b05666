import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import type { BaselineEntry } from '../../harness/model/baseline';
import type { Accepted } from '../../harness/model/ratchet';
import type { RunReport } from '../../harness/model/report';
import codeScanning from '../../harness/reporters/code-scanning';
import sarif from '../../harness/reporters/sarif';
import { aFile, aFinding, aRun, aRunNamed } from './a-report';
import { HOSTILE_NAMES } from './hostile-names';

/** The standard's own schema, as Microsoft ships it for exactly this. */
const schema = JSON.parse(
  readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'),
) as object;
// One of its patterns is none with the `u` flag.
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv as never);
const validate = ajv.compile(schema);

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly baselineState?: string;
  readonly suppressions: readonly {
    readonly kind: string;
    readonly justification: string;
    readonly location?: object;
  }[];
}
interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly invocations: readonly { readonly executionSuccessful: boolean }[];
      readonly results: readonly Result[];
    },
  ];
}

function read(report: RunReport, base = '', reporter = sarif): Log['runs'][0] {
  const log: unknown = JSON.parse(reporter.render(report, { colors: false, base }));
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return (log as Log).runs[0];
}

const leaking = (...findings: ReturnType<typeof aFinding>[]): RunReport =>
  aRun({ outcome: 'leaks', files: [aFile({ findings })] });

describe('SARIF', () => {
  it('refuses what is none, or this spec would prove nothing', () => {
    expect(validate({ version: '2.1.0', runs: [{ results: [{ message: {} }] }] })).toBe(false);
  });

  it('is valid for a clean run, and has no result', () => {
    expect(read(aRun()).results).toEqual([]);
  });

  it('puts a leak at its opening line, in the repository', () => {
    const [result] = read(leaking(aFinding()), 'packages/shop').results;
    expect(result?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'packages/shop/src/poll.ts', uriBaseId: '%SRCROOT%' },
      region: { startLine: 3, startColumn: 9 },
    });
  });

  it('puts one whose line is not known at the top of its test file', () => {
    const { openedAt: _, ...homeless } = aFinding();
    const [result] = read(leaking(homeless)).results;
    expect(result?.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: 'a.test.ts' },
      region: { startLine: 1 },
    });
  });

  it('has a rule for every kind, and every result points to its own', () => {
    const socket = { kind: 'socket', noun: 'a socket', label: '', facts: {}, owns: [] };
    const run = read(
      leaking(
        aFinding({ fingerprint: '1' }),
        aFinding({ fingerprint: '2', root: socket }),
        aFinding({ fingerprint: '3' }),
        aFinding({ fingerprint: '4', kind: 'unproven' }),
      ),
    );
    const ids = run.tool.driver.rules.map(({ id }) => id);
    expect(ids).toEqual(['leak/interval', 'leak/socket', 'unproven/interval']);
    expect(run.results.map(({ ruleId, ruleIndex }) => ids[ruleIndex] === ruleId)).toEqual([true, true, true, true]);
    expect(run.results.map(({ level }) => level)).toEqual(['error', 'error', 'error', 'warning']);
  });

  it('tells the same leak once, by a fingerprint that no line is in', () => {
    const moved = { file: 'src/poll.ts', line: 33, column: 9, fn: 'poll', origin: 'user' as const };
    const [before, ...others] = read(leaking(aFinding(), aFinding({ test: 'two' }))).results;
    const [after] = read(leaking(aFinding({ openedAt: moved }))).results;
    expect(others).toEqual([]);
    expect(before?.partialFingerprints).toEqual({
      primaryLocationLineHash: 'aaaaaaaaaaaa:1',
      'leakgate/v1': 'aaaaaaaaaaaa',
    });
    expect(after?.partialFingerprints).toEqual(before?.partialFingerprints);
  });

  it('keeps those apart that only share a fingerprint', () => {
    const openedAt = { file: 'src/poll.ts', line: 8, column: 3, fn: '', origin: 'user' as const };
    const { results } = read(leaking(aFinding(), aFinding({ test: 'two', openedAt })));
    expect(results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)).toEqual([
      'aaaaaaaaaaaa:1',
      'aaaaaaaaaaaa:2',
    ]);
  });

  it('says that a run was not successful when something was not checked', () => {
    expect(read(aRun()).invocations[0]?.executionSuccessful).toBe(true);
    expect(read(aRun({ problems: ['x'] })).invocations[0]?.executionSuccessful).toBe(false);
  });

  const at = (file: string, startLine: number): object => ({
    artifactLocation: { uri: file, uriBaseId: '%SRCROOT%' },
    region: { startLine, startColumn: 1 },
  });
  const accepted: readonly Accepted[] = [
    { finding: aFinding({ fingerprint: '1' }), by: 'baseline', entry: 'x' },
    { finding: aFinding({ fingerprint: '2' }), by: 'known', reason: 'not ours', place: 'leakgate.config.ts:12' },
    { finding: aFinding({ fingerprint: '3' }), by: 'allow', reason: 'the SDK keeps it' },
    { finding: aFinding({ fingerprint: '3', test: 'two' }), by: 'allow', reason: 'the SDK keeps it' },
  ];
  const entry: BaselineEntry = {
    fingerprint: 'bbbbbbbbbbbb',
    file: 'b.test.ts',
    test: 'gone',
    places: 1,
    kind: 'interval',
    opens: 'src/poll.ts poll',
    line: 7,
  };

  it('has what is let go as suppressed, with the reason and the rule, and how each stands to the baseline', () => {
    const report = aRun({
      outcome: 'leaks',
      files: [aFile({ findings: [aFinding()], accepted })],
      baselines: [{ file: 'leakgate-baseline.jsonl', entries: [entry] }],
    });
    const { results } = read(report);
    expect(results.map(({ suppressions, baselineState }) => [suppressions, baselineState])).toEqual([
      [[], 'new'],
      [
        [
          {
            kind: 'external',
            status: 'accepted',
            justification: 'In the baseline: it leaked when the gate came.',
          },
        ],
        'unchanged',
      ],
      [
        [
          {
            kind: 'external',
            status: 'accepted',
            justification: 'known: not ours',
            location: { physicalLocation: at('leakgate.config.ts', 12) },
          },
        ],
        'new',
      ],
      [[{ kind: 'inSource', status: 'accepted', justification: 'allow: the SDK keeps it' }], 'new'],
    ]);
    // For a reader that knows no suppressions, and would show an alert for each.
    expect(read(report, '', codeScanning).results).toEqual([results[0]]);
    expect(
      read(aRun({ files: [aFile({ accepted })] })).results.every(({ baselineState }) => baselineState === undefined),
    ).toBe(true);
  });

  it('has no more for code scanning than that takes, and says how many are left', () => {
    const findings = Array.from({ length: 25_003 }, (_, at) => aFinding({ fingerprint: at.toString(16) }));
    const [run] = (JSON.parse(codeScanning.render(leaking(...findings), { colors: false, base: '' })) as Log).runs;
    expect(run.results).toHaveLength(25_000);
    expect(run.invocations).toEqual([
      expect.objectContaining({
        toolExecutionNotifications: [
          { level: 'warning', message: { text: '3 more results are in the report alone.' } },
        ],
      }),
    ]);
  });

  it('has what is out of date on its very line, in the configuration or the baseline, failing as the run does', () => {
    const { results, tool } = read(
      aRun({
        outcome: 'leaks',
        ratchet: [
          {
            what: 'unused-rule',
            place: 'leakgate.config.ts:3',
            message: 'leakgate.config.ts:3  "old" matched nothing in the whole run. Delete it.',
            red: true,
          },
          { what: 'expired-rule', place: 'leakgate.config.js: allow.1', message: 'It expired.', red: true },
          { what: 'unused-rule', place: 'LEAKGATE_X', message: 'A variable.', red: true },
          {
            what: 'fixed',
            place: 'leakgate-baseline.jsonl',
            message: '2 leaks are mended.',
            red: false,
            entries: [entry, { ...entry, test: 'gone, too', line: 9 }],
          },
        ],
      }),
      'packages/shop',
    );
    expect(tool.driver.rules.map(({ id }) => id)).toEqual([
      'exception/unused-rule',
      'exception/expired-rule',
      'exception/fixed',
    ]);
    expect(results.map(({ level, locations }) => [level, locations[0]?.physicalLocation])).toEqual([
      ['error', at('packages/shop/leakgate.config.ts', 3)],
      ['error', at('packages/shop/leakgate.config.js', 1)],
      ['error', undefined],
      ['note', at('packages/shop/leakgate-baseline.jsonl', 7)],
      ['note', at('packages/shop/leakgate-baseline.jsonl', 9)],
    ]);
    expect(results[0]?.message.text).toBe('"old" matched nothing in the whole run. Delete it.');
    expect(results[3]?.message.text).toBe(
      'The interval that b.test.ts › gone leaked (bbbbbbbbbbbb) is mended. Run `npx leakgate baseline prune`, and commit the file.',
    );
    expect(new Set(results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)).size).toBe(5);
  });

  it('is valid whatever tests and files are called, links to nothing, and encodes every path', () => {
    const { results } = read(aRunNamed(HOSTILE_NAMES));
    // Of each name a leak, and a rule that is out of date and stands nowhere.
    expect(results).toHaveLength(2 * HOSTILE_NAMES.length);
    for (const { message, locations } of results.filter((each) => each.locations.length > 0)) {
      expect(message.text).not.toMatch(/(?<!\\)\[[^\]\n]*\]\(/);
      const { uri } = locations[0]?.physicalLocation.artifactLocation ?? { uri: ' ' };
      expect(uri).toMatch(/^[\w%!'()*.~/-]+$/);
      expect(() => decodeURIComponent(uri)).not.toThrow();
    }
  });
});
