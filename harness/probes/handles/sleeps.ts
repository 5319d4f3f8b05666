/** What of Node's own is needed to put a timer off. */
interface Delayed {
  _idleTimeout: number;
  _onTimeout: () => void;
  readonly _destroyed: boolean;
}

/** The longest delay there is, in milliseconds: some 25 days. */
export const LONGEST_MS = 2 ** 31 - 1;

const clearTimeout = globalThis.clearTimeout;

/** Put off in this process, until their file is over. */
const sleeps = new Set<NodeJS.Timeout>();

/**
 * Puts a timer of `timers/promises` off for good, without its hold on the loop. Were it cleared, nothing could ever settle its promise:
 * Node lets a signal abort armed ones alone, and whoever ends a loop by its signal and then waits for that loop would wait for ever.
 */
export function putOff(sleep: NodeJS.Timeout): void {
  const delayed = sleep as unknown as Delayed;
  if (delayed._destroyed) return;
  delayed._idleTimeout = LONGEST_MS;
  // Node may have taken it from its list already, and calls it when our turn is over.
  delayed._onTimeout = () => void sleep.refresh();
  sleep.refresh().unref();
  sleeps.add(sleep);
}

/** Clears those that were put off and are still there. */
export function endSleeps(): void {
  for (const sleep of sleeps) clearTimeout(sleep);
  sleeps.clear();
}
