import type { Entry } from './entry';
import type { Ledger } from './ledger';
import { asOurs, CLOSING_MS, gone, stateOf } from './put-away';

/** So often what comes back is ended: whoever starts another each time would go on for ever. */
const ROUNDS = 3;

/**
 * Ends what comes of putting a file's leaks away, and has no verdict any more: a supervisor starts another child in the place of the one
 * that was killed, a client connects anew. Its leak was told; what comes back must not keep the run up.
 */
export class Aftermath {
  readonly #ledger: Ledger;
  /** Late births before the last verdicts: they have one of their own. */
  readonly #judged = new WeakSet<Entry>();

  /** The last verdicts are about to fall: what is born late from here on gets none. */
  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    for (const entry of ledger.late.entries) this.#judged.add(entry);
  }

  /**
   * Ends what has been born since; what always comes back loses its hold on the loop, and goes with the process.
   * @param ending what was put away, and may take its time
   */
  async end(ending: readonly (() => string)[]): Promise<void> {
    if (ending.length > 0) await gone(ending, CLOSING_MS);
    for (let round = 1; round <= ROUNDS; round++) {
      const born = this.#born().filter(isLeft);
      if (born.length === 0) return;
      for (const entry of born) this.#end(entry, round === ROUNDS);
      await gone(born.filter(({ watch }) => watch.transient !== true).map(stateOf), CLOSING_MS);
    }
  }

  #born(): readonly Entry[] {
    const { late, stage } = this.#ledger;
    const ours = stage.outside?.entries.filter(isOurs) ?? [];
    return [...late.entries.filter((entry) => !this.#judged.has(entry)), ...ours];
  }

  #end(entry: Entry, isLast: boolean): void {
    const identity = entry.identify();
    const end = isLast ? (identity?.unref ?? identity?.release) : identity?.release;
    try {
      asOurs(this.#ledger, () => end?.());
    } catch {
      // What resists was reported with what it came of.
    }
  }
}

/** Born in the course of putting things away. What a global set-up's server opens has no lineage, and is left to that. */
const isOurs = ({ asyncId, owner }: Entry): boolean => asyncId >= 0 && owner === 'lineage';

/** The tests' code has opened it, and not the runner's. */
function isLeft(entry: Entry): boolean {
  const { asyncId, opening, owner, reported } = entry;
  if (reported || (owner !== 'lineage' && owner !== 'trigger')) return false;
  if (opening === undefined ? asyncId < 0 : opening.hostOnly || opening.byPlugin) return false;
  return entry.state() === 'open';
}
