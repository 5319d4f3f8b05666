import type { Finding } from './finding';
import type { Accepted, BaselineUse, RatchetFinding, RuleUse } from './ratchet';
import type { TestCase } from './test-case';

/** Version of the report's shape. Readers refuse any other; a new optional field is no new version. */
export const REPORT_VERSION = 2;

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
  /** Path of the test file: absolute while the run goes on, relative to its folder and with forward slashes in the run's report. */
  readonly file: string;
  /** Name of the Jest project it ran in (`displayName`), where it has one. */
  readonly project?: string;
  /** The baseline that holds for it, whether or not there is one yet, and what the file is called in there. */
  readonly baseline?: { readonly file: string; readonly name: string };
  readonly pid: number;
  readonly node: string;
  readonly level: string;
  /** Tests that ran and were judged; a retry counts again. */
  readonly tests: number;
  /** Every test of the file in its order, those that were skipped too. */
  readonly cases: readonly TestCase[];
  /** What fails a test, a suite or the file. */
  readonly findings: readonly Finding[];
  /** What was found and fails nothing. */
  readonly accepted: readonly Accepted[];
  /** The project's rules, and whether they covered anything in this file. */
  readonly rules: readonly RuleUse[];
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

/** One of several parts of a run that a CI's matrix runs side by side: Jest's `--shard`. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** Which run a report is of. */
export interface RunIdentity {
  /** The same for all shards of one run, and for no other run: the CI's own, or what `--run-id` says, or a random one. */
  readonly id: string;
  /** What git or the CI calls the code that ran; absent outside of git. */
  readonly commit?: string;
  /** ISO 8601, in UTC. Of a merged report the first start and the last end. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Absent for a run that was not cut into shards, and for one that is whole again. */
  readonly shard?: Shard;
  /** How many shards were put together. */
  readonly merged?: number;
  /** It was a CI's: what was mended must have left the baseline. */
  readonly ci?: true;
}

/** What ran. A merged report has several of a kind where shards differed. */
export interface Versions {
  readonly leakgate: readonly string[];
  readonly node: readonly string[];
  /** Empty where it could not be learnt. */
  readonly jest: readonly string[];
  /** `linux x64`. */
  readonly platform: readonly string[];
}

/** A probe that could not do its job in some files. */
export interface ProbeTrouble extends ProbeFailure {
  readonly files: readonly string[];
}

/** What looked, and what could not. */
export interface Probes {
  readonly active: readonly string[];
  readonly failed: readonly ProbeTrouble[];
}

/**
 * What a whole run had to say: the JSON report, and what every format is rendered from. All paths are relative to the folder the run
 * was started in, with forward slashes.
 */
export interface RunReport {
  readonly version: typeof REPORT_VERSION;
  readonly outcome: Outcome;
  readonly run: RunIdentity;
  readonly versions: Versions;
  readonly probes: Probes;
  /** Some tests were left out (a path, a name, `only`, `--bail`, a stop by hand), shards aside: nothing is out of date for that. */
  readonly narrowed: boolean;
  /** Flags chose among the files that Jest's configuration has: a rule that matched nothing may be there for the others. */
  readonly chosen?: true;
  /** Every test file that was checked, by path. */
  readonly files: readonly FileReport[];
  /** Test files that ran at level `off`. */
  readonly off: readonly string[];
  readonly orphans: readonly Orphan[];
  readonly rules: readonly RuleUse[];
  /** The baseline of the project; several where Jest's projects have one each. */
  readonly baselines: readonly BaselineUse[];
  /** What of the rules and baselines is out of date. */
  readonly ratchet: readonly RatchetFinding[];
  /** Wrong usage that came to light in the run, one sentence each. */
  readonly misuses: readonly string[];
  /** What the harness could not do, one sentence each. Any of them makes the run red. */
  readonly problems: readonly string[];
  /** What why-is-node-running says of workers that did not exit, one list a worker. */
  readonly opinions: readonly string[];
  /** What was not looked at, and why that is no fault. */
  readonly notes: readonly string[];
}
