/* In this folder for the same reason as `body.ts`: the frame it adds to what a module throws is left out by Jest. */
import type { AsyncLocalStorage } from 'node:async_hooks';

const { apply } = Reflect;

type Load = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Runs modules with what `within` answers in `storage`; where it answers nothing, with what is there.
 * @param loader has methods that run them
 * @param names of these methods
 * @param within is given what the code that loads a module runs with
 * @returns puts the methods back
 */
export function loadWithin<T>(
  loader: Record<string, unknown>,
  names: readonly string[],
  storage: AsyncLocalStorage<T | undefined>,
  within: (present: T | undefined) => T | undefined,
): () => void {
  const undo: (() => void)[] = [];
  for (const name of names) {
    const load = loader[name];
    if (typeof load !== 'function' || !Object.hasOwn(loader, name)) continue;
    const loadHere: Load = function (...args) {
      const here = within(storage.getStore());
      return here === undefined ? apply(load, this, args) : storage.run(here, apply, load as Load, this, args);
    };
    loader[name] = loadHere;
    undo.push(() => {
      if (loader[name] === loadHere) loader[name] = load;
    });
  }
  return () => {
    for (const takeBack of undo) takeBack();
  };
}
