/**
 * The harness's own hold on time. Captured when the module loads, which is before any test can fake, patch or freeze it.
 */
const setTimeoutNow = globalThis.setTimeout;
const setImmediateNow = globalThis.setImmediate;
const nextTick = process.nextTick;
const clock = performance.now.bind(performance);
const NativeDate = globalThis.Date;

/** Milliseconds, monotonic, from an arbitrary start. */
export const nowMs = (): number => clock();

/** Today in UTC, as `2026-12-31`. */
export const today = (): string => new NativeDate(NativeDate.now()).toISOString().slice(0, '2026-12-31'.length);

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
