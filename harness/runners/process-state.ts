/**
 * What Jest's reporter and the environments of test files keep together where they are in one process. It is a file of its own in the
 * package, while the environments' other modules are bundled into one: so there is one of it.
 */
export const processState = {
  /** Lines that findings of this process have named, `file:line`. */
  explained: new Set<string>(),
  /** why-is-node-running was loaded before a test file. */
  whyIsLoaded: false,
  /** Whether a test started this process; `undefined` until somebody has looked. */
  startedByTest: undefined as boolean | undefined,
  /** How many pages this process has begun in the run's folder. */
  pages: 0,
};
