import type { Finding } from '../../harness/model/finding';
import { type FileReport, REPORT_VERSION, type RunReport } from '../../harness/model/report';

/** A finding of an interval in a test. */
export function aFinding(over: Partial<Finding> & { readonly test?: string } = {}): Finding {
  const { test = 'one', ...rest } = over;
  return {
    kind: 'leak',
    scope: { kind: 'test', path: ['Suite', test], file: '/p/a.test.ts' },
    owner: 'lineage',
    root: { kind: 'interval', noun: 'an interval', label: 'of 5 s', facts: {}, owns: [] },
    count: 1,
    openedAt: { file: '/p/src/poll.ts', line: 3, column: 9, fn: 'poll', origin: 'user' },
    trace: [],
    fingerprint: 'aaaaaaaaaaaa',
    message: 'An interval of 5 s was armed in this test, but never cleared.',
    ...rest,
  };
}

/** The report of a test file, clean unless said otherwise. */
export function aFile(over: Partial<FileReport> = {}): FileReport {
  return {
    version: REPORT_VERSION,
    file: '/p/a.test.ts',
    pid: 1,
    node: 'v20.0.0',
    level: 'gate',
    tests: 2,
    findings: [],
    allowed: 0,
    usedAllowances: [],
    configuredAllowances: [],
    focused: false,
    ownFailures: 0,
    errors: { leaks: 0, others: 0 },
    probes: [],
    probeFailures: [],
    cost: { setupMs: 1, judgingMs: 2, waitedMs: 0, recorded: 0, stacks: 0 },
    durationMs: 300,
    ...over,
  };
}

/** The report of a run, clean unless said otherwise. */
export function aRun(over: Partial<RunReport> = {}): RunReport {
  return {
    version: REPORT_VERSION,
    outcome: 'clean',
    node: 'v20.0.0',
    files: [aFile()],
    off: [],
    orphans: [],
    unusedAllowances: [],
    misuses: [],
    problems: [],
    opinions: [],
    notes: [],
    ...over,
  };
}
