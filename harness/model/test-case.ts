/** Something that happened while a test ran. */
export interface TimelineEvent {
  /** Since the test's first hook began, in milliseconds. For `closed` at the latest: the end of the hook or body it was seen closed after. */
  readonly atMs: number;
  /** `left`: still there after the teardown. `hook`: a hook or the body began. */
  readonly what: 'opened' | 'closed' | 'left' | 'hook';
  /** A resource's kind, or a hook's name. */
  readonly kind: string;
  readonly label: string;
  /** Where in the user's code, relative to the run's folder: `src/poll.ts:3`. */
  readonly line?: string;
  /** The same for the opening and the end of one thing; of no meaning beyond its test. */
  readonly thing?: number;
  /** How long a hook or the body ran. */
  readonly forMs?: number;
}

/** One test, as its file has it: what Jest says of it, and what leaked. */
export interface TestCase {
  /** Names from the outermost `describe` to the test. */
  readonly path: readonly string[];
  /** Jest's word on it, leaks aside. */
  readonly status: 'passed' | 'failed' | 'skipped' | 'todo';
  /** Body and hooks, without what the harness did. 0 if it did not run. */
  readonly durationMs: number;
  /** Why it failed by itself, without colours. */
  readonly failure?: string;
  /** What it leaks, by position in its file's `findings`. Absent if nothing. */
  readonly findings?: readonly number[];
  /** Recorded for tests with findings only. */
  readonly timeline?: readonly TimelineEvent[];
}
