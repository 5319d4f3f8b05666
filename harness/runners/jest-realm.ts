import type { Realm } from '../engine/probe';

const MODULES = Symbol.for('leakgate.modules');

/** The set-up file that hands the sandbox's module cache over. */
export const SANDBOX_FILE = require.resolve('./jest-sandbox');

/** The sandbox as probes see it: its global, and what is loaded there. Without the hand-over nothing is known to be loaded. */
export function sandboxRealm(global: Record<PropertyKey, unknown>): Realm {
  return {
    global,
    loaded(pattern) {
      const cache = global[MODULES] as Record<string, { exports?: unknown } | undefined> | undefined;
      if (cache === undefined) return [];
      return Object.keys(cache).flatMap((path) => (pattern.test(path) ? [cache[path]?.exports] : []));
    },
  };
}
