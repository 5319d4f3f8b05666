import { nowMs, turn } from './clock';
import type { Entry } from './entry';
import { isClosing, type Look, patienceWith } from './judge';
import { type Patience, settle } from './settle';
import { isTimer, type Suspect } from './suspect';

/** Turns that what is left gets before anything is asked of it: a connection whose request is over closes in the first. */
const FIRST_TURNS = 2;

/** All the waiting of one file's verdicts, and what it came to. */
export class Waiting {
  /** Milliseconds so far. */
  waitedMs = 0;
  readonly #graceMs: number;
  readonly #isLetGo: (due: readonly Suspect[]) => boolean;

  /**
   * @param graceMs the longest wait for one verdict, in milliseconds
   * @param isLetGo whether no test would fail for any of these
   */
  constructor(graceMs: number, isLetGo: (due: readonly Suspect[]) => boolean) {
    this.#graceMs = graceMs;
    this.#isLetGo = isLetGo;
  }

  /** Gives teardown its time, for as long as `suspicion` asks for it. */
  settle(suspicion: () => Patience, isBetween?: () => boolean): Promise<void> {
    return this.#timed(() => settle(suspicion, this.#graceMs, isBetween));
  }

  /**
   * Gives teardown its time, for as long as what `look` finds asks for it. What fails nobody, with nothing under way that may end it, is
   * not waited for: a team with a hundred known leaks would pay for the grace of each in every run.
   */
  due(look: () => Look): Promise<void> {
    let asked: readonly (Entry | undefined)[] = [];
    let letGo = false;
    let mayBeBack = false;
    const suspicion = (): Patience => {
      const seen = look();
      if (seen.due.length > 0) mayBeBack = seen.due.some((root) => isTimer(root) || root.identity.momentary === true);
      const patience = patienceWith(seen);
      if (patience !== 'grace' || seen.underWay || seen.busy || seen.due.some((root) => isEnding(root, this.#graceMs)))
        return patience;
      const first = seen.due.map(({ entries }) => entries[0]);
      if (first.length !== asked.length || first.some((entry, index) => entry !== asked[index])) {
        asked = first;
        letGo = this.#isLetGo(seen.due);
      }
      return letGo ? 'brief' : patience;
    };
    return this.settle(suspicion, () => mayBeBack);
  }

  /**
   * Whether something is left that does not go by itself at once: most of what a test leaves need not be understood at all.
   * @param isNews others have yet to hear of something: the peers of a server that was restarted, that their connections are closed. They
   * would hear of it too late if the next test began at once, where without the gate a library's own wait for a turn is still under way
   */
  async lingers(isLeft: () => boolean, isNews = false): Promise<boolean> {
    if (!isNews && !isLeft()) return false;
    return this.#timed(async () => {
      for (let turns = 0; turns < FIRST_TURNS; turns++) {
        await turn();
        if (!isNews && !isLeft()) return false;
      }
      return !isNews || isLeft();
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

/** It is being closed, or fires soon and may close something. */
function isEnding(suspect: Suspect, soonMs: number): boolean {
  const { facts, repeats } = suspect.identity;
  const fires = repeats !== true && typeof facts?.delayMs === 'number' && facts.delayMs <= soonMs;
  return fires || isClosing(suspect) || suspect.owns.some((owned) => isEnding(owned, soonMs));
}
