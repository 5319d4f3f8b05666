const { hrtime } = process;

/** Stacks a scope may capture at once, before time has to earn more. */
const INITIAL = 24;
/** Stacks each millisecond earns: at about 8 µs each, some 3 % of the time. */
const PER_MS = 4;
/** Most that can be saved up. */
const MOST = 64;
/** How many refusals pass between two looks at the clock. */
const PATIENCE = 16;

/**
 * Spreads stack captures over a scope's time: everything at first, then as much as a fixed share of the elapsed time pays for.
 * FACTS: a stack costs microseconds whatever its limit is, so the number of captures is all there is to save on.
 */
export class StackBudget {
  #tokens = INITIAL;
  #refused = 0;
  #sinceNs = hrtime.bigint();

  /** Whether one more stack may be captured now. */
  spend(): boolean {
    if (this.#tokens > 0) {
      this.#tokens--;
      return true;
    }
    if (++this.#refused < PATIENCE) return false;
    this.#refused = 0;
    const now = hrtime.bigint();
    const earned = (Number(now - this.#sinceNs) / 1e6) * PER_MS;
    if (earned < 1) return false;
    this.#sinceNs = now;
    this.#tokens = Math.min(MOST, Math.floor(earned)) - 1;
    return true;
  }
}
