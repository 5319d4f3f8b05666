import { nap, nowMs, turn } from './clock';

/** Loop turns before the first nap: correct teardown is over after two or three. */
const TURNS = 3;
const FIRST_NAP_MS = 1;
const LONGEST_NAP_MS = 50;

/** How long what can only end by itself is waited for, in milliseconds: a timer about to fire may be part of a teardown. */
const BRIEF_MS = 25;

/** Naps after which a clean look is confirmed, in milliseconds: a file is read or a request answered in less. */
const CONFIRMING_NAPS_MS = [1, 2, 4];

/**
 * How long to wait for what was seen. `none`: nothing is suspicious. `brief`: nothing is under way but one-shot timers, and that
 * they fire in a later test's time is the very complaint. `grace`: teardown may be under way.
 */
export type Patience = 'none' | 'brief' | 'grace';

/**
 * Gives asynchronous teardown its time: loop turns first, then naps that double, for as long as `look` asks for it and at most
 * `graceMs`. Returns at the first clean look, so what is clean already waits for nothing.
 * @param isBetween whether what is gone by a clean look may be back in a moment: a poller between two of its timers. Then that look
 * is confirmed first
 */
export async function settle(look: () => Patience, graceMs: number, isBetween = () => false): Promise<void> {
  let patience = look();
  if (patience === 'none') return;
  const startedMs = nowMs();
  let briefSinceMs = startedMs;
  const lookAgain = (): void => {
    const before = patience;
    patience = look();
    // What was waited for has ended, and a timer is armed since: it gets its own time, and not what the other has left of it.
    if (before === 'grace' && patience === 'brief') briefSinceMs = nowMs();
  };
  const isOver = async (): Promise<boolean> => {
    lookAgain();
    for (const napMs of CONFIRMING_NAPS_MS) {
      if (patience !== 'none' || !isBetween()) break;
      await nap(napMs);
      lookAgain();
    }
    return patience === 'none';
  };
  for (let turns = 0; turns < TURNS; turns++) {
    await turn();
    if (await isOver()) return;
  }
  for (let napMs = FIRST_NAP_MS; ; napMs = Math.min(Math.max(napMs * 2, FIRST_NAP_MS), LONGEST_NAP_MS)) {
    const endMs = startedMs + graceMs;
    const leftMs = (patience === 'brief' ? Math.min(briefSinceMs + BRIEF_MS, endMs) : endMs) - nowMs();
    if (leftMs <= 0) {
      // On a busy machine the nap may end late, before timers that were due earlier had their turn.
      await turn();
      const before = patience;
      if ((await isOver()) || before === 'grace' || patience === 'brief') return;
      // It is there no more, and may be back: to be met in a moment, before it is gone again.
      napMs = 0;
      continue;
    }
    await nap(Math.min(napMs, leftMs));
    if (await isOver()) return;
  }
}
