import type { Scope } from './scope';

/** A suite around a test, and the code that is written in it. */
export interface SurroundingSuite {
  readonly scope: Scope;
  /** Bodies of its tests and hooks, and of the suites within that are not around the test: they see its variables. */
  readonly bodies: readonly object[];
  /** Those that run once, before all of its tests. */
  readonly before: readonly object[];
}

/** The code around a test, as its runner knows it. Functions only; they are asked what they see and what they write. */
export interface Surroundings {
  /** What has run for this test alone: its body, and the hooks around each test. */
  readonly own: readonly object[];
  /** Outermost first. */
  readonly suites: readonly SurroundingSuite[];
}
