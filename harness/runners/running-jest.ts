import { createRequire } from 'node:module';

const JEST_RUNNER = /[\\/]jest-runner[\\/]/;

/**
 * A package of the very Jest that is running, wherever the package manager put it: with pnpm or a linked checkout this package
 * does not see what only Jest depends on, or sees another version of it.
 * @throws Node's own error if neither Jest nor this package can find it
 */
export function fromRunningJest(name: string): unknown {
  const runner = Object.keys(require.cache).find((path) => JEST_RUNNER.test(path));
  if (runner !== undefined) {
    try {
      return createRequire(runner)(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return require(name);
}
