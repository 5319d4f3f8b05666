import { EventEmitter } from 'node:events';

// As they are at load: a probe watches them, and a test may have put others in their place.
const setCapture = process.setUncaughtExceptionCaptureCallback;
const isCaptured = process.hasUncaughtExceptionCaptureCallback;
const { apply } = Reflect;
const { emit } = process;
const { on, rawListeners, removeAllListeners } = EventEmitter.prototype;

const COLLECTED = /^A FileHandle object was closed during garbage collection/;

/** Whether Node says that a file handle was collected while it was open. */
const isCollectedHandle = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === 'ERR_INVALID_STATE' && COLLECTED.test((error as Error).message);

function passOn(error: Error): void {
  if (isCollectedHandle(error)) return;
  // As if nobody had been in between.
  if (apply(emit, process, ['uncaughtException', error, 'uncaughtException']) !== true) throw error;
}

/**
 * Runs the harness's own collections. From Node 26 on a file handle that is collected while it is open is an uncaught exception (before:
 * a warning, DEP0137), and would be laid to whichever file runs when a collection is forced, or end the process. By then that handle has
 * been reported with the file that left it. All other errors go where they would have gone.
 */
export async function sparingCollected<T>(work: () => Promise<T>): Promise<T> {
  const isOurs = capture(passOn);
  try {
    return await work();
  } finally {
    if (isOurs) setCapture.call(process, null);
  }
}

/**
 * Runs what puts away what was reported, and waits for what comes of that. Whoever still waits for such a thing (the rest of a pipeline, a
 * loop over a stream, the promise of a child) fails with it, and where nobody handles that error it would be laid to the next test, or end
 * the process. It is the harness's doing, and the test that has left the thing is told so.
 */
export async function sparingConsequences(work: () => Promise<void>): Promise<void> {
  if (!capture(() => {})) return work();
  // An unhandled rejection is an exception where nobody listens for it.
  const listeners = rawListeners.call(process, REJECTION) as ((...args: unknown[]) => void)[];
  removeAllListeners.call(process, REJECTION);
  try {
    await work();
  } finally {
    for (const listener of listeners) on.call(process, REJECTION, listener);
    setCapture.call(process, null);
  }
}

const REJECTION = 'unhandledRejection';

/** Whether it could be done: somebody else's takes precedence, and where `domain` is in use Node allows none. */
function capture(callback: (error: Error) => void): boolean {
  if (isCaptured.call(process)) return false;
  try {
    setCapture.call(process, callback);
    return true;
  } catch {
    return false;
  }
}
