import { nowMs } from '../clock';
import { collectOnce } from '../gc';
import { settle } from '../settle';
import type { Held } from './retained-findings';

/** Between two collections, in milliseconds: what comes to its end without an answer is only gone after one. Doubles each time. */
const FIRST_PAUSE_MS = 100;

const waits = ({ expected }: Held): boolean => expected.waits?.() === true;

/**
 * Gives code that waits, though nobody waits for it, the time that everything has to come to its end: it may only be slow. Asked of what
 * would be a finding, so that nothing else pays for it.
 */
export async function stillWaiting(held: readonly Held[], graceMs: number): Promise<readonly Held[]> {
  const waiting = held.filter(waits);
  if (waiting.length === 0) return held;
  const isAny = (): boolean => waiting.some(waits);
  const endMs = nowMs() + graceMs;
  for (let pauseMs = FIRST_PAUSE_MS; isAny() && nowMs() < endMs; pauseMs *= 2) {
    await settle(() => (isAny() ? 'grace' : 'none'), Math.min(pauseMs, endMs - nowMs()));
    await collectOnce();
  }
  return held.filter((each) => each.expected.waits === undefined || waits(each));
}
