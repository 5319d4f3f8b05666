/**
 * `setupFilesAfterEnv: ['leakgate/matchers']` adds `toLeak` and `toBeCollected` to Jest's `expect`, and importing it in a
 * TypeScript file adds their types, to the global `expect` and to that of `@jest/globals`.
 */
import type {} from 'expect';
import { type LeakgateMatchers, matchers } from './jest-matchers';

export type { LeakgateMatchers, LeakPattern } from './jest-matchers';

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends LeakgateMatchers<Promise<void>> {}
}

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: a merged interface must have the same parameters, defaults included.
    interface Matchers<R, T = {}> extends LeakgateMatchers<Promise<void>> {}
  }
}

/** Jest's own, of the sandbox this runs in: global or, with `injectGlobals: false`, from the module Jest provides. */
const { expect } = require('@jest/globals') as { readonly expect: { extend(these: object): void } };

expect.extend(matchers);
