/* In this folder for the same reason as `body.ts`: the frame it adds to what a module throws is left out by Jest. */
import type { AsyncLocalStorage } from 'node:async_hooks';

const { apply } = Reflect;

type Load = (this: unknown, ...args: unknown[]) => unknown;

/** By these Jest runs a test file and its set-up files, each with all that they import: as CommonJS, and as ES modules. */
const LOADS = ['requireModule', 'unstable_importModule'];

/**
 * Runs modules with what `within` answers in `storage`; where it answers nothing, with what is there.
 * @param runtime the prototype of Jest's runtime
 * @param within is given what the code that loads a module runs with
 * @returns puts the methods back
 */
export function loadWithin<T>(
  runtime: Record<string, unknown>,
  storage: AsyncLocalStorage<T | undefined>,
  within: (present: T | undefined) => T | undefined,
): () => void {
  const undo: (() => void)[] = [];
  for (const name of LOADS) {
    const load = runtime[name];
    if (typeof load !== 'function' || !Object.hasOwn(runtime, name)) continue;
    const loadHere: Load = function (...args) {
      const here = within(storage.getStore());
      return here === undefined ? apply(load, this, args) : storage.run(here, apply, load as Load, this, args);
    };
    runtime[name] = loadHere;
    undo.push(() => {
      if (runtime[name] === loadHere) runtime[name] = load;
    });
  }
  return () => {
    for (const takeBack of undo) takeBack();
  };
}
