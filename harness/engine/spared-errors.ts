// As they are at load: a probe watches them, and a test may have put others in their place.
const setCapture = process.setUncaughtExceptionCaptureCallback;
const isCaptured = process.hasUncaughtExceptionCaptureCallback;
const { apply } = Reflect;
const { emit } = process;

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
  const isOurs = capture();
  try {
    return await work();
  } finally {
    if (isOurs) setCapture.call(process, null);
  }
}

/** Whether it could be done: somebody else's takes precedence, and where `domain` is in use Node allows none. */
function capture(): boolean {
  if (isCaptured.call(process)) return false;
  try {
    setCapture.call(process, passOn);
    return true;
  } catch {
    return false;
  }
}
