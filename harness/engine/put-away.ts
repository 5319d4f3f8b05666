import type { Ledger } from './ledger';
import { noteReported, placeOf, type Suspect } from './suspect';

/** What comes of putting things away, then and in later ticks, is the harness's doing: no test answers for it. */
function asOurs(ledger: Ledger, work: () => void): void {
  const { outside } = ledger.stage;
  if (outside === undefined) ledger.mute(work);
  else ledger.unrecorded(() => ledger.lineage.run(outside.lineage, work));
}

/** In whose work it was opened, whoever answers for it. */
const scopeOf = ({ entries: [first] }: Suspect): object | undefined => first?.scope.answerable;

/** Those of `now` that stand in the place of one of `roots`: the same line of the same scope has opened them since. */
export function heirsOf(roots: readonly Suspect[], now: readonly Suspect[]): readonly Suspect[] {
  const subjects = new Set(roots.map(({ subject }) => subject));
  return now.filter(
    (heir) =>
      !subjects.has(heir.subject) &&
      roots.some(
        (root) =>
          scopeOf(root) === scopeOf(heir) &&
          root.identity.kind === heir.identity.kind &&
          placeOf(root) !== '' &&
          placeOf(root) === placeOf(heir),
      ),
  );
}

/** What was reported, and how it is put away. */
export class Reported {
  readonly #ledger: Ledger;
  /** It may still be there: an audit does not report it again. */
  #things: WeakRef<object>[] = [];
  /** Connected ends: their accepted ends are no findings of their own. */
  readonly ends = new Set<string>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** How many things were. */
  get count(): number {
    return this.#things.length;
  }

  /** Those of them that are still there. */
  present(): readonly object[] {
    return this.#things.flatMap((ref) => ref.deref() ?? []);
  }

  /** Forgets all. */
  clear(): void {
    this.#things = [];
  }

  /**
   * Marks a root and all beneath it as reported; releases them unless leftovers are to be kept.
   * @param spare it only loses its hold on the loop
   */
  putAway(root: Suspect, cleanUp: boolean, spare = false): void {
    const { release, unref, sparesOwned } = root.identity;
    noteReported(root, this.ends);
    for (const entry of root.entries) {
      entry.reported = true;
      const { resource } = entry;
      if (resource !== undefined && entry.watch.transient !== true) this.#things.push(new WeakRef(resource));
    }
    if (cleanUp) {
      try {
        asOurs(this.#ledger, () => (spare ? unref?.() : release?.()));
      } catch {
        // What resists is left as it is: it was reported, and forcing it could only harm the tests that follow.
      }
    }
    for (const owned of root.owns) this.putAway(owned, cleanUp, spare || sparesOwned === true);
    if (cleanUp) for (const entry of root.entries) entry.forget();
  }
}
