import { pathToFileURL } from 'node:url';

/** Flags of Node that load why-is-node-running before anything else does, in Jest's workers too. */
export function whyArgs(): string[] {
  return [`--import=${pathToFileURL(require.resolve('why-is-node-running')).href}`];
}
