import { type BaselineEntry, entryKey } from '../../harness/model/baseline';
import { aCase, aFile, aFinding, aRun } from './a-report';

const frame = { file: 'src/a.ts', line: 1, column: 2, fn: 'f', origin: 'user' as const };

const ENTRY: BaselineEntry = {
  fingerprint: 'a',
  file: 'a.test.ts',
  test: 'one',
  places: 1,
  kind: 'x',
  opens: 'src/a.ts f',
};

/** A report with everything in it that one can have. */
export const FULL_REPORT = aRun({
  outcome: 'leaks',
  files: [
    aFile({
      project: 'unit',
      cases: [
        aCase({
          findings: [0],
          timeline: [
            { atMs: 1, what: 'opened', kind: 'interval', label: 'of 5 s', line: 'src/poll.ts:3', thing: 0, forMs: 2 },
          ],
        }),
        aCase({ status: 'failed', failure: 'Error: x' }),
      ],
      findings: [
        aFinding({
          class: 'library',
          closedAt: frame,
          leftAt: frame,
          openedBy: 'pg',
          path: {
            root: { kind: 'module', label: 'module src/a.ts', at: frame },
            hops: [{ how: 'property', name: 'all', holds: 'Map (1 entry)', suspect: true, at: frame }],
            below: [],
            alike: 1,
            bytes: 10,
            totalBytes: 10,
            fingerprint: 'f',
          },
          trace: [frame],
          root: {
            kind: 'x',
            noun: 'an x',
            label: '',
            detail: 'd',
            facts: { a: 1, b: true },
            closed: true,
            owns: [{ kind: 'y', noun: 'a y', label: '', facts: {}, separate: true, openedAt: frame, owns: [] }],
          },
        }),
      ],
      accepted: [
        { finding: aFinding(), by: 'known', reason: 'theirs', place: 'leakgate.config.ts:3' },
        { finding: aFinding(), by: 'baseline', entry: entryKey(ENTRY) },
      ],
      probeFailures: [{ probe: 'timers', why: 'no' }],
    }),
  ],
  probes: { active: ['timers'], failed: [{ probe: 'timers', why: 'no', files: ['a.test.ts'] }] },
  rules: [
    {
      verdict: 'known',
      reason: 'theirs',
      place: 'leakgate.config.ts:3',
      owner: 'ann',
      issue: '#1',
      expires: '2026-12-31',
      expired: true,
      matched: true,
    },
  ],
  baselines: [{ file: 'leakgate-baseline.jsonl', entries: [ENTRY] }],
  ratchet: [{ what: 'fixed', place: 'leakgate-baseline.jsonl', message: '1 leak is mended.', red: false }],
  orphans: [{ pid: 1, command: 'x', file: 'a.test.ts' }],
});
