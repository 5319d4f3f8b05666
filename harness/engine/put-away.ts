import { nap, nowMs, turn } from './clock';
import type { Entry } from './entry';
import { treeOf } from './held-by';
import type { Ledger } from './ledger';
import type { Identity } from './probe';
import { sparingConsequences } from './spared-errors';
import { noteReported, placeOf, type Suspect } from './suspect';

/** Turns after which those who waited for a thing have heard that it is gone. */
const TURNS = 2;

/** How long something may take to be gone, in milliseconds: once it is closing, and as long as nothing shows of that. */
export const CLOSING_MS = 250;
const OPEN_MS = 25;
const LONGEST_NAP_MS = 16;

/** Asks in what state each is that has to be ended; it holds none. */
function statesOf(roots: readonly Suspect[], isAsked: (identity: Identity) => boolean): readonly (() => string)[] {
  const ended = roots.flatMap((root) => [...treeOf(root)]).filter(({ identity }) => isAsked(identity));
  const entries = ended.flatMap((suspect) => suspect.entries).filter(({ watch }) => watch.transient !== true);
  return entries.map(stateOf);
}

/** Asked past the entry itself, which forgets what it was about. */
export function stateOf({ watch, asyncId, resource }: Entry): () => string {
  const ref = resource === undefined ? undefined : new WeakRef(resource);
  return () => {
    const thing = ref?.deref();
    try {
      return thing === undefined ? 'released' : watch.state(thing, asyncId);
    } catch {
      return 'released';
    }
  };
}

/**
 * Waits until all are gone, and whoever waited for them has heard of it.
 * @param openMs how long they may take where nothing shows of that, in milliseconds
 */
export async function gone(states: readonly (() => string)[], openMs = OPEN_MS): Promise<void> {
  const startedMs = nowMs();
  for (let napMs = 1; ; napMs = Math.min(2 * napMs, LONGEST_NAP_MS)) {
    await turn();
    const now = states.map((state) => state());
    const mostMs = now.includes('closing') ? CLOSING_MS : now.includes('open') ? openMs : 0;
    if (nowMs() - startedMs >= mostMs) break;
    await nap(napMs);
  }
  for (let turns = 0; turns < TURNS; turns++) await turn();
}

/** What comes of putting things away, then and in later ticks, is the harness's doing: no test answers for it. */
export function asOurs(ledger: Ledger, work: () => void): void {
  const { outside } = ledger.stage;
  if (outside === undefined) ledger.mute(work);
  else ledger.unrecorded(() => ledger.lineage.run(outside.lineage, work));
}

/** In whose work it was opened, whoever answers for it. */
const scopeOf = ({ entries: [first] }: Suspect): object | undefined => first?.scope.answerable;

/** Opened by what line, and in whose work. */
interface Place {
  readonly scope: object | undefined;
  readonly kind: string;
  readonly at: string;
}

const whereOf = (root: Suspect): Place => ({ scope: scopeOf(root), kind: root.identity.kind, at: placeOf(root) });

const isAt = (root: Suspect, { scope, kind, at }: Place): boolean =>
  at !== '' && placeOf(root) === at && root.identity.kind === kind && scopeOf(root) === scope;

/** Those of `now` that stand in the place of one of `roots`: the same line of the same scope has opened them since. */
export function heirsOf(roots: readonly Suspect[], now: readonly Suspect[]): readonly Suspect[] {
  const subjects = new Set(roots.map(({ subject }) => subject));
  const places = roots.map(whereOf);
  return now.filter((heir) => !subjects.has(heir.subject) && places.some((place) => isAt(heir, place)));
}

/** What was reported, and how it is put away. */
export class Reported {
  readonly #ledger: Ledger;
  /** It may still be there: an audit does not report it again. */
  #things: WeakRef<object>[] = [];
  /** Where jobs were started that nothing can stop: what goes on from one of them to the next has been told. */
  readonly #unstoppable: Place[] = [];
  /** Connected ends: their accepted ends are no findings of their own. */
  readonly ends = new Set<string>();
  /** Asks in what state each is whose end may be heard of, and answered by opening another. */
  readonly ending: (() => string)[] = [];

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
    this.#unstoppable.length = 0;
    this.ending.length = 0;
  }

  /** Those that are no later round of what was reported. */
  untold(roots: readonly Suspect[]): readonly Suspect[] {
    return roots.filter((root) => !this.#unstoppable.some((place) => isAt(root, place)));
  }

  /** Puts roots away. Nobody fails for it: where other tests run, an error may be theirs, and is left to Jest. */
  async putAllAway(roots: readonly Suspect[], cleanUp: boolean): Promise<void> {
    const states = statesOf(roots, ({ release }) => release !== undefined);
    if (cleanUp) this.ending.push(...statesOf(roots, ({ unref }) => unref !== undefined));
    // What a scenario was asked to leave is not kept for anybody to look at.
    const isPutAway = (root: Suspect): boolean => cleanUp || root.scope.final;
    const work = (): void => {
      for (const root of roots) this.#putAway(root, isPutAway(root));
    };
    if (states.length === 0 || !roots.some(isPutAway) || !this.#ledger.stage.isQuiet) return work();
    await sparingConsequences(() => {
      work();
      return gone(states);
    });
  }

  /**
   * Marks a root and all beneath it as reported; releases them unless leftovers are to be kept.
   * @param spare it only loses its hold on the loop
   */
  #putAway(root: Suspect, cleanUp: boolean, spare = false): void {
    const { release, unref, sparesOwned } = root.identity;
    noteReported(root, this.ends);
    if (root.identity.momentary === true && release === undefined) this.#unstoppable.push(whereOf(root));
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
    for (const owned of root.owns) this.#putAway(owned, cleanUp, spare || sparesOwned === true);
    if (cleanUp) for (const entry of root.entries) entry.forget();
  }
}
