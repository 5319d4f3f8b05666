const { hrtime } = process;

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
  #sinceNs = hrtime.bigint();

  /**
   * @param initial captures there are at once, and the most that can be saved up
   * @param perMs captures that each millisecond earns after that
   */
  constructor(initial: number, perMs: number) {
    this.#tokens = initial;
    this.#most = initial;
    this.#perMs = perMs;
  }

  /** Allows as many as at the beginning. */
  refill(): void {
    this.#tokens = this.#most;
  }

  /** Whether one more stack may be captured now. */
  spend(): boolean {
    if (this.#tokens > 0) {
      this.#tokens--;
      return true;
    }
    if (++this.#refused < PATIENCE) return false;
    this.#refused = 0;
    const now = hrtime.bigint();
    const earned = Math.floor((Number(now - this.#sinceNs) / 1e6) * this.#perMs);
    if (earned < 1) return false;
    this.#sinceNs = now;
    this.#tokens = Math.min(this.#most, earned) - 1;
    return true;
  }
}
