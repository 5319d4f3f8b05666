import type { Options } from './config';
import type { Finding } from './model/finding';
import type { Allowance } from './model/rule';
import type { TrackOptions, TrackWishes } from './model/tracking';
import { GrowthError } from './runners/growth-error';
import { LeakError } from './runners/leak-error';
import type { ScenarioGate } from './runners/scenario-gate';

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
export type { BaselineEntry } from './model/baseline';
export type { Finding, FindingKind } from './model/finding';
export type { Frame, FrameOrigin } from './model/frame';
export type { Level } from './model/level';
export type { Accepted, BaselineUse, RatchetFinding, RuleUse } from './model/ratchet';
export type { Cost, FileReport, ProbeFailure, RunReport } from './model/report';
export type { Facts, Lexicon, Thing } from './model/resource';
export type { Rule } from './model/rule';
export type { OwnerKind, ScopeKind, ScopeRef } from './model/scope';
export type { TestCase, TimelineEvent } from './model/test-case';
export type { TrackOptions } from './model/tracking';
export { type Allowance, GrowthError, LeakError };

/**
 * Types the configuration as it is written: `leakgate.config.ts` exports what this returns.
 * @returns `config` itself
 * @example
 * export default defineConfig({ known: [{ package: 'sdk', reason: 'has no way to stop', issue: 'https://…', expires: '2027-06-30' }] });
 */
export const defineConfig = (config: Partial<Options>): Partial<Options> => config;

/** Where the environment leaves word for the tests in its sandbox. */
const GATE = Symbol.for('leakgate.gate');
const TRACKED = Symbol.for('leakgate.tracked');

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

  /**
   * Accounts for every instance of a class of one's own, and of what is derived from it, as for a socket: one that its scope has not
   * released is a leak, at the line of its `new`. Said once in a set-up file (`setupFiles` or `setupFilesAfterEnv`), it holds for all
   * instances made from then on, wherever the class was imported before. The class stays as it is.
   * Another copy of its module (`jest.resetModules()`, `jest.isolateModules()`) is another class. Without the gate it does nothing.
   *
   * @param Class a class, or a function that is used as one
   * @param options `release`: the name of the method that releases an instance, or several; it counts when it has returned, or the
   * promise it gave is fulfilled. Not needed where there is a `[Symbol.dispose]()` or `[Symbol.asyncDispose]()`
   * @throws UsageError for what is no class, or has no such method; Error for a class whose instances cannot be seen
   * @example
   * leakgate.track(InvokerClass, { release: 'destroy' });
   */
  track<T extends object>(Class: { readonly prototype: T }, options: TrackOptions<T> = {}): void {
    const global = globalThis as Record<PropertyKey, unknown>;
    const list = (global[TRACKED] ?? { wishes: [], takers: new Set() }) as TrackWishes;
    if (global[TRACKED] === undefined)
      Object.defineProperty(global, TRACKED, { configurable: true, enumerable: false, writable: true, value: list });
    const wish = { Class, options };
    for (const take of list.takers) take(wish);
    list.wishes.push(wish);
  },

  /**
   * Runs a scenario again and again within a test and fails if something grows with every run: objects by class, functions,
   * listeners, the entries of a collection, file descriptors. What levels off (a cache that is full, a module that is loaded) is none,
   * if it does so well before the last run; neither is a straggler or two. Without the gate it only runs it.
   *
   * @param runs how often, 10 at least; caches must be full after a third of it
   * @param scenario awaited each time, one run after the other
   * @throws {GrowthError} with a table of what grows, the functions that make it, and what holds it; `UsageError` for fewer runs
   * @example
   * await leakgate.repeat(20, async () => (await connect()).close());
   */
  async repeat(runs: number, scenario: () => unknown): Promise<void> {
    const asked: { stack?: string } = {};
    Error.captureStackTrace(asked, leakgate.repeat);
    // Read at once: unread, a stack holds the functions on it.
    const frames = asked.stack?.replace(/^.*\n?/, '') ?? '';
    const gate = (globalThis as Record<PropertyKey, unknown>)[GATE] as ScenarioGate | undefined;
    if (gate?.growthOver === undefined) {
      for (let run = 0; run < runs; run++) await scenario();
      return;
    }
    const said = await gate.growthOver(runs, scenario);
    if (said === undefined) return;
    const error = new GrowthError(said);
    // After so many awaits its own would be the harness's.
    error.stack = `${error.name}: ${said}\n${frames}`;
    throw error;
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
