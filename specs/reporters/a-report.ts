import type { Finding } from '../../harness/model/finding';
import type { RuleUse } from '../../harness/model/ratchet';
import { type FileReport, REPORT_VERSION, type RunReport } from '../../harness/model/report';
import type { TestCase } from '../../harness/model/test-case';

/** A finding of an interval in a test. */
export function aFinding(over: Partial<Finding> & { readonly test?: string } = {}): Finding {
  const { test = 'one', ...rest } = over;
  return {
    kind: 'leak',
    scope: { kind: 'test', path: ['Suite', test], file: 'a.test.ts' },
    owner: 'lineage',
    root: { kind: 'interval', noun: 'an interval', label: 'of 5 s', facts: {}, owns: [] },
    count: 1,
    openedAt: { file: 'src/poll.ts', line: 3, column: 9, fn: 'poll', origin: 'user' },
    trace: [],
    fingerprint: 'aaaaaaaaaaaa',
    message: 'An interval of 5 s was armed in this test, but never cleared.',
    ...rest,
  };
}

/** A rule that matched nothing. */
export const aRule = (over: Partial<RuleUse> = {}): RuleUse => ({
  verdict: 'allow',
  reason: 'old',
  place: 'leakgate.config.ts:3',
  matched: false,
  ...over,
});

/** A test that passed. */
export function aCase(over: Partial<TestCase> = {}): TestCase {
  return { path: ['Suite', 'one'], status: 'passed', durationMs: 4, ...over };
}

/** The report of a test file, clean unless said otherwise. */
export function aFile(over: Partial<FileReport> = {}): FileReport {
  return {
    version: REPORT_VERSION,
    file: 'a.test.ts',
    pid: 1,
    node: 'v20.0.0',
    level: 'gate',
    tests: 2,
    cases: [aCase({ path: ['Suite', 'one'] }), aCase({ path: ['Suite', 'two'] })],
    findings: [],
    accepted: [],
    rules: [],
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
    run: { id: 'run-1', commit: 'c0ffee', startedAt: '2026-01-02T03:04:05.000Z', endedAt: '2026-01-02T03:05:05.000Z' },
    versions: { leakgate: ['0.1.0'], node: ['v20.0.0'], jest: ['30.5.2'], platform: ['linux x64'] },
    probes: { active: ['sockets', 'timers'], failed: [] },
    narrowed: false,
    files: [aFile()],
    off: [],
    orphans: [],
    rules: [],
    baselines: [],
    ratchet: [],
    misuses: [],
    problems: [],
    opinions: [],
    notes: [],
    ...over,
  };
}

/** A file whose every test bears one of `names` and leaks, and in whose every text they stand. */
function aFileNamed(names: readonly string[]): FileReport {
  return aFile({
    tests: names.length,
    cases: names.map((name, at) => aCase({ path: ['Suite', name], findings: [at] })),
    findings: names.map((name, at) =>
      aFinding({
        test: name,
        fingerprint: at.toString(16).padStart(12, '0'),
        root: { kind: 'interval', noun: 'an interval', label: name, facts: {}, owns: [] },
        message: `An interval ${name} was armed in this test, but never cleared.\nClear it.`,
        openedAt: { file: `src/${name.slice(0, 60)}.ts`, line: 3, column: 9, fn: name.slice(0, 60), origin: 'user' },
      }),
    ),
  });
}

/** The run of such a file, with the names in everything else that a report says. */
export const aRunNamed = (names: readonly string[]): RunReport =>
  aRun({
    outcome: 'broken',
    files: [aFileNamed(names)],
    orphans: names.map((name, at) => ({ pid: at + 1, command: name, file: 'a.test.ts' })),
    ratchet: names.map((name) => ({ what: 'unused-rule', place: name, message: name, red: true })),
    misuses: names,
    problems: names,
    notes: names,
  });
