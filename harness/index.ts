import type { Options } from './config';
import type { Finding } from './model/finding';
import type { Allowance } from './model/rule';
import { LeakError } from './runners/leak-error';

export type { Options } from './config';
export type {
  ActiveProbe,
  Beginning,
  Identity,
  Liveness,
  Probe,
  Realm,
  Recorder,
  Sighting,
  Watch,
} from './engine/probe';
export type { Finding, FindingKind } from './model/finding';
export type { Frame, FrameOrigin } from './model/frame';
export type { Level } from './model/level';
export type { Cost, FileReport, ProbeFailure, RunReport } from './model/report';
export type { Facts, Lexicon, Thing } from './model/resource';
export type { Rule } from './model/rule';
export type { OwnerKind, ScopeKind, ScopeRef } from './model/scope';
export type { TestCase, TimelineEvent } from './model/test-case';
export { type Allowance, LeakError };

/** Where the environment leaves word for the tests in its sandbox. */
const GATE = Symbol.for('leakgate.gate');

/** The gate's own: frames above `above` are none of the test's. */
type ExpectCollected = (object: object, label: string | undefined, above: (...args: never[]) => unknown) => void;

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

  /**
   * Says that an object is to be gone once the running test is over: closed, destroyed, or simply dropped. If a forced collection
   * does not take it, the test fails with the chain of references that holds it. It is held weakly, and may be passed at any time
   * of its life. Without the gate it does nothing.
   *
   * @param label what tells it from its likes: `invoker of user-service`
   * @throws UsageError for what is no object
   * @example
   * invoker.destroy();
   * leakgate.expectCollected(invoker, 'invoker of user-service');
   */
  expectCollected(object: object, label?: string): void {
    const gate = (globalThis as Record<PropertyKey, unknown>)[GATE] as typeof leakgate | undefined;
    (gate?.expectCollected as ExpectCollected | undefined)?.(object, label, leakgate.expectCollected);
  },
} as const;

/**
 * Runs `fn` and says what it left open, for code outside a test runner. What descends from the call is watched, by asynchronous
 * context; what others do in the same process meanwhile is not. Blocks run one after the other; a nested one runs within its own.
 *
 * @param fn the work; awaited, and given its grace to close what it opened
 * @param options `leftovers: 'release'` (default) closes what was found, as in a test
 * @returns one finding for each resource, or group of them, still open; empty if all was closed
 * @throws whatever `fn` throws, once its leftovers are released; `UsageError` for a wrong option
 * @example
 * const [leak] = await findLeaks(() => connectAndForget());
 */
export async function findLeaks(fn: () => unknown, options: Partial<Options> = {}): Promise<readonly Finding[]> {
  return lazily().leaksOf(fn, options, findLeaks);
}

/**
 * Runs `fn` and throws if it left anything open. See {@link findLeaks}.
 * @throws {LeakError} if anything is still open
 * @example
 * await assertNoLeaks(() => startAndStop());
 */
export async function assertNoLeaks(fn: () => unknown, options: Partial<Options> = {}): Promise<void> {
  const [first, ...others] = await lazily().leaksOf(fn, options, assertNoLeaks);
  if (first !== undefined) throw new LeakError([first, ...others]);
}

/** The engine, only now: a test that merely says `leakgate.allow` is not to load it into its sandbox. */
const lazily = (): typeof import('./runners/block') => require('./runners/block') as typeof import('./runners/block');
