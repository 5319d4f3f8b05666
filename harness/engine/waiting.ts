import { nowMs, turn } from './clock';
import { type Patience, settle } from './settle';

/** Turns that what is left gets before anything is asked of it: a connection whose request is over closes in the first. */
const FIRST_TURNS = 2;

/** All the waiting of one file's verdicts, and what it came to. */
export class Waiting {
  /** Milliseconds so far. */
  waitedMs = 0;
  readonly #graceMs: number;

  /** @param graceMs the longest wait for one verdict, in milliseconds */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** Gives teardown its time, for as long as `suspicion` asks for it. */
  settle(suspicion: () => Patience): Promise<void> {
    return this.#timed(() => settle(suspicion, this.#graceMs));
  }

  /** Whether something is left that does not go by itself at once: most of what a test leaves need not be understood at all. */
  async lingers(isLeft: () => boolean): Promise<boolean> {
    if (!isLeft()) return false;
    return this.#timed(async () => {
      for (let turns = 0; turns < FIRST_TURNS; turns++) {
        await turn();
        if (!isLeft()) return false;
      }
      return true;
    });
  }

  async #timed<T>(wait: () => Promise<T>): Promise<T> {
    const startedMs = nowMs();
    try {
      return await wait();
    } finally {
      this.waitedMs += nowMs() - startedMs;
    }
  }
}
