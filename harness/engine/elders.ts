import type { AsyncLocalStorage } from 'node:async_hooks';

/** Each costs something for every promise, so the work of long ago is not told apart any more. */
const MOST = 4;

const elders: AsyncLocalStorage<unknown>[] = [];

/**
 * Ends a file's asynchronous context.
 * @param goesOn some of its work may go on (what was left open and cannot be closed): the context is kept, so that this work is
 * laid to no test of a later file
 */
export function retire(context: AsyncLocalStorage<unknown>, goesOn: boolean): void {
  if (!goesOn) {
    context.disable();
    return;
  }
  elders.push(context);
  if (elders.length > MOST) elders.shift()?.disable();
}

/** Whether the running code descends from a test of an earlier file in this process. */
export function isEldersWork(): boolean {
  return elders.some((elder) => elder.getStore() !== undefined);
}
