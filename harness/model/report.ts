import type { Finding } from './finding';

/** Version of the report's shape. Readers refuse any other. */
export const REPORT_VERSION = 1;

/** A probe that could not do its job, and why. */
export interface ProbeFailure {
  readonly probe: string;
  readonly why: string;
}

/** What the harness itself cost in one test file, in milliseconds. */
export interface Cost {
  /** Patching, baselines and hooks at the start of the file. */
  readonly setupMs: number;
  /** Looking, settling and judging. Waiting for a suspect to close is in here. */
  readonly judgingMs: number;
  /** That waiting: time given to suspects, and none in a clean file. */
  readonly waitedMs: number;
  /** How many async resources were recorded. */
  readonly recorded: number;
  /** How many stacks were captured. */
  readonly stacks: number;
}

/** Errors at file level, where Jest puts what `afterAll` throws, by who is to blame. */
export interface FileErrors {
  /** Findings of ours. */
  readonly leaks: number;
  /** Everything else: the user's own. */
  readonly others: number;
}

/** What one test file had to say. */
export interface FileReport {
  readonly version: typeof REPORT_VERSION;
  /** Absolute path of the test file. */
  readonly file: string;
  readonly pid: number;
  readonly node: string;
  readonly level: string;
  /** Tests that ran and were judged. */
  readonly tests: number;
  readonly findings: readonly Finding[];
  /** Findings that an allowance covered. */
  readonly allowed: number;
  /** Reasons of the configured allowances that matched in this file. */
  readonly usedAllowances: readonly string[];
  /** Reasons of all the configured allowances that held for this file. */
  readonly configuredAllowances: readonly string[];
  /** `test.only` or `describe.only` left some of the file's tests out. */
  readonly focused: boolean;
  /** Tests that failed at least in part for reasons of their own. */
  readonly ownFailures: number;
  readonly errors: FileErrors;
  readonly probes: readonly string[];
  readonly probeFailures: readonly ProbeFailure[];
  readonly cost: Cost;
  /** From the making of the environment to its teardown, in milliseconds. */
  readonly durationMs: number;
}

/**
 * A test file's way through the harness: begun, then finished with its report. A file that never finishes is red.
 * `off`: its level says that nothing is to be recorded. `refused`: its options are malformed.
 */
export type FileState =
  | { readonly state: 'begun'; readonly file: string; readonly pid: number }
  | { readonly state: 'off'; readonly file: string }
  | { readonly state: 'refused'; readonly file: string; readonly why: string }
  | { readonly state: 'finished'; readonly report: FileReport };

/** A process that a test started and that outlived the run. */
export interface Orphan {
  readonly pid: number;
  readonly command: string;
  /** The test file that started it, where that is known. */
  readonly file?: string;
}

/**
 * How a run ended, worst first. `misused`: options are malformed. `broken`: the harness could not do its job. `failed`: tests
 * failed for reasons of their own. `leaks`: nothing but leaks failed. `clean`: none of these.
 */
export const OUTCOMES = ['misused', 'broken', 'failed', 'leaks', 'clean'] as const;

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];

/** What a whole run had to say: the JSON report, and what the summary is printed from. */
export interface RunReport {
  readonly version: typeof REPORT_VERSION;
  readonly outcome: Outcome;
  readonly node: string;
  /** Every test file that was checked, by path. */
  readonly files: readonly FileReport[];
  /** Test files that ran at level `off`. */
  readonly off: readonly string[];
  readonly orphans: readonly Orphan[];
  /** Reasons of configured allowances that matched nothing, when the whole suite ran. */
  readonly unusedAllowances: readonly string[];
  /** Wrong usage that came to light in the run, one sentence each. */
  readonly misuses: readonly string[];
  /** What the harness could not do, one sentence each. Any of them makes the run red. */
  readonly problems: readonly string[];
  /** What why-is-node-running says of workers that did not exit, one list a worker. */
  readonly opinions: readonly string[];
  /** What was not looked at, and why that is no fault. */
  readonly notes: readonly string[];
}
