import type { Allowance } from './model/rule';

export type { Options } from './config';
export type { Level } from './model/level';
export type { Allowance };

/** Where the environment leaves word for the tests in its sandbox. */
const GATE = Symbol.for('leakgate.gate');

/** What a test can say to the gate that watches it. */
export const leakgate = {
  /**
   * Accepts a leak: of the running test or, in a hook of a suite or at the top of a file, of all within. An allowance that
   * matches nothing is itself reported. Without the gate it does nothing, so that plain Jest still runs the test.
   *
   * @throws UsageError for an allowance without a reason, or with a field that is none
   * @example
   * leakgate.allow({ kind: 'timeout', reason: 'the SDK keeps its refresh timer until the process ends' });
   */
  allow(allowance: Allowance): void {
    const gate = (globalThis as Record<PropertyKey, unknown>)[GATE] as typeof leakgate | undefined;
    gate?.allow(allowance);
  },
} as const;
