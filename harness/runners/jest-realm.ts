import type { Realm } from '../engine/probe';

const MODULES = Symbol.for('leakgate.modules');

/** The set-up file that hands the sandbox's module cache over. */
export const SANDBOX_FILE = require.resolve('./jest-sandbox');

/** The sandbox as probes see it: its global, and what is loaded there. Without the hand-over nothing is known to be loaded. */
export function sandboxRealm(global: Record<PropertyKey, unknown>): Realm {
  const cache = (): Record<string, { exports?: unknown } | undefined> =>
    (global[MODULES] ?? {}) as Record<string, { exports?: unknown } | undefined>;
  return {
    global,
    // Not `Object.keys`, which asks Jest's proxy about every one of them.
    modules: () => Reflect.ownKeys(cache()) as string[],
    exportsOf: (path) => cache()[path]?.exports,
  };
}
