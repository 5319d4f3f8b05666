import { nap, nowMs, turn } from './clock';

/** Loop turns before the first nap: correct teardown is over after two or three. */
const TURNS = 3;
const FIRST_NAP_MS = 1;
const LONGEST_NAP_MS = 50;

/**
 * Gives asynchronous teardown its time: loop turns first, then naps that double, for as long as `suspicious` holds and at most
 * `graceMs`. Returns at the first clean look, so what is clean already waits for nothing.
 */
export async function settle(suspicious: () => boolean, graceMs: number): Promise<void> {
  if (!suspicious()) return;
  const deadlineMs = nowMs() + graceMs;
  for (let turns = 0; turns < TURNS; turns++) {
    await turn();
    if (!suspicious()) return;
  }
  for (let napMs = FIRST_NAP_MS; ; napMs = Math.min(napMs * 2, LONGEST_NAP_MS)) {
    const leftMs = deadlineMs - nowMs();
    if (leftMs <= 0) return;
    await nap(Math.min(napMs, leftMs));
    if (!suspicious()) return;
  }
}
