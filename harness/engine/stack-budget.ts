import { nowMs } from './clock';

/** How many stacks are captured: as a budget allows, or all of them. */
export type StackPolicy = 'budget' | 'all';

/** How many refusals pass between two looks at the clock. */
const PATIENCE = 16;

/**
 * Spreads stack captures over a scope's time: so many at first, then as many as a small share of the elapsed time pays for.
 * A stack costs 5 to 20 µs in a running suite, whatever its limit, so the number of captures is all there is to save on.
 */
export class StackBudget {
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #refused = 0;
  #sinceMs: number;

  /**
   * @param initial captures there are at once, and the most that can be saved up
   * @param perMs captures that each millisecond earns after that
   * @param sinceMs from when on, by the harness's clock; default: now
   */
  constructor(initial: number, perMs: number, sinceMs: number = nowMs()) {
    this.#tokens = initial;
    this.#most = initial;
    this.#sinceMs = sinceMs;
    this.#perMs = perMs;
  }

  /** Allows as many as at the beginning. */
  refill(): void {
    this.#tokens = this.#most;
  }

  /**
   * Whether one more stack may be captured now.
   * @param patience how many refusals pass between two looks at the clock; where a refusal loses the thing itself, each is worth one
   */
  spend(patience = PATIENCE): boolean {
    if (this.#tokens > 0) {
      this.#tokens--;
      return true;
    }
    if (++this.#refused < patience) return false;
    this.#refused = 0;
    const atMs = nowMs();
    const earned = Math.floor((atMs - this.#sinceMs) * this.#perMs);
    if (earned < 1) return false;
    this.#sinceMs = atMs;
    this.#tokens = Math.min(this.#most, earned) - 1;
    return true;
  }
}
