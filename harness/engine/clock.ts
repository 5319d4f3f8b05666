/**
 * The harness's own hold on time. Captured when the module loads, which is before any test can fake, patch or freeze it.
 */
const setTimeoutNow = globalThis.setTimeout;
const setImmediateNow = globalThis.setImmediate;
const nextTick = process.nextTick;
const clock = performance.now.bind(performance);

/** Milliseconds, monotonic, from an arbitrary start. */
export const nowMs = (): number => clock();

/** Everything already due before the loop turns: `server.listen(0, host)` opens its handle in a tick of its own. */
export const ticks = (): Promise<void> =>
  new Promise((resolve) => {
    nextTick(resolve);
  });

/** One turn of the event loop. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediateNow(resolve);
  });

/** At least `ms` milliseconds. */
export const nap = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeoutNow(resolve, ms);
  });
