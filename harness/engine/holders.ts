import type { Lexicon } from '../model/resource';
import { asError } from './as-error';
import { Entry, type EntryList } from './entry';
import {
  type Holder,
  isDirect,
  madeByBody,
  ownHolder,
  rootHolder,
  sideOf,
  stepsTo,
  withoutConstructors,
} from './held-by';
import type { Ledger } from './ledger';
import { byClient } from './one-call';
import type { Sighting } from './probe';
import { type Bounds, reached } from './reach';
import type { Scope } from './scope';
import { StackBudget } from './stack-budget';
import { hang, isTimer, type Knowledge, type Suspect, suspectOf } from './suspect';

/** A client, its pool, their connections and what these are wrapped in are few steps and few objects. */
const BOUNDS: Bounds = { nodes: 5000, depth: 12, elements: 1000 };

/** Objects looked at in one search, all holders together: about a tenth of a second. */
const MOST_LOOKED_AT = 200_000;

/**
 * Clients, pools and agents. What they open lazily is born in the first test that asks for it, which is innocent where the client
 * was made while the file loaded, in a suite's hook or by another test: before such a thing is laid to a test it is looked for in
 * what was made elsewhere, and the one that holds it, by evidence of its own data, answers for it with the line that made it.
 */
export class Holders {
  readonly #ledger: Ledger;
  readonly #made: EntryList = { entries: [], sweepAt: 256 };
  /** The file's own, apart: they are asked for around each test. */
  readonly #madeByFile: EntryList = { entries: [], sweepAt: 256 };
  /** Outside of tests few such things are made. */
  readonly #outerBudget = new StackBudget(256, 1);
  /** Within tests those that can be closed are noted, of which there are few as well; each test has its own, or one that makes many would take the lines of all that follow. */
  readonly #budgets = new WeakMap<Scope, StackBudget>();

  /** By subject, what `isOwn` found: it is asked at every look. */
  readonly #own = new WeakMap<object, boolean>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Something was made that may open others later on. */
  readonly made = (sighting: Sighting): void => {
    try {
      this.#note(sighting);
    } catch (error) {
      // A constructor of the user's is on the stack.
      this.#ledger.failure ??= asError(error);
    }
  };

  /**
   * Hangs what was put off beneath the things that hold it and were made elsewhere, and says what is root now; what its own scope's
   * client holds is that client's to close.
   * @param wordsFor only what is commonly made lazily for somebody else is looked for, and timers
   */
  gather(roots: readonly Suspect[], wordsFor: (kind: string) => Lexicon, knowledge: Knowledge): readonly Suspect[] {
    const lazy = roots.filter(
      (root) =>
        // A verdict that was not put off is one on what the test's own code did.
        root.scope.sealed &&
        root.answered !== true &&
        root.closed === undefined &&
        root.identity.separate !== true &&
        (wordsFor(root.identity.kind).pooled || isTimer(root)),
    );
    if (lazy.length === 0) return roots;
    const holders = this.#holdersOf(lazy);
    const chosen = new Map<Holder, Suspect>();
    for (const root of lazy) {
      const holder = rootHolder(root, holders);
      const above = holder && (chosen.get(holder) ?? asSuspect(holder, knowledge));
      if (holder === undefined || above === undefined) continue;
      chosen.set(holder, above);
      hang(root, above);
    }
    // What its own scope had it open is the same client's.
    for (const root of lazy) {
      for (const [holder, above] of chosen)
        if (root.scope === holder.scope && stepsTo(root, holder) !== undefined) hang(root, above);
    }
    const left = roots.filter((root) => root.parent === undefined);
    const told = left.map((root) => {
      if (!lazy.includes(root)) return { root };
      const holder = ownHolder(root, holders);
      return { root: heldBy(root, holder, wordsFor(root.identity.kind)), holder };
    });
    return [...byClient(told), ...chosen.values()];
  }

  /** Whether the body of its own test made what holds `root`, and nobody else's holds it: then there is nobody to wait for. */
  readonly isOwn = (root: Suspect): boolean => {
    let own = this.#own.get(root.subject);
    if (own === undefined) {
      const holders = this.#holdersOf([root]);
      own = madeByBody(root, holders) && rootHolder(root, holders) === undefined;
      this.#own.set(root.subject, own);
    }
    return own;
  };

  /** Those of `roots` that no scope around theirs has made the holder of. */
  notShared(roots: readonly Suspect[]): readonly Suspect[] {
    if (roots.length === 0) return roots;
    const holders = this.#holdersOf(roots);
    return roots.filter((root) => {
      const holder = rootHolder(root, holders);
      return holder === undefined || !isShared(holder.scope);
    });
  }

  /** Those that were made while the file loaded, and are there for as long as its modules are. */
  *ofFile(): Iterable<object> {
    for (const { resource } of this.#madeByFile.entries) if (resource !== undefined) yield resource;
  }

  #note({ watch, resource, above }: Sighting): void {
    const acting = this.#ledger.current() ?? this.#ledger.stage.window()[0];
    if (acting === undefined) return;
    const isOuter = isShared(acting);
    if (!isOuter && watch.isClosable?.(resource) !== true) return;
    const budget = isOuter ? this.#outerBudget : this.#budgetOf(acting.answerable);
    const beginning = this.#ledger.stacks.may(budget) ? this.#ledger.beginning(above, 'deep') : undefined;
    const scope = beginning === undefined ? acting : (beginning.scope as Scope | undefined);
    if (scope === undefined || scope.answerable.kind === 'run') return;
    scope.answerable.calls.made(beginning?.opening);
    this.#ledger.byId.write(
      scope.answerable.kind === 'file' ? this.#madeByFile : this.#made,
      new Entry(-1, watch, resource, true, scope, 'lineage', beginning?.opening, undefined),
    );
  }

  #budgetOf(scope: Scope): StackBudget {
    const known = this.#budgets.get(scope) ?? new StackBudget(16, 0.05);
    this.#budgets.set(scope, known);
    return known;
  }

  #holdersOf(roots: readonly Suspect[]): readonly Holder[] {
    const subjects = new Set(roots.flatMap((root) => [...sideOf(root)].map(({ subject }) => subject)));
    const made = [this.#madeByFile, this.#made].flatMap((list) => {
      list.entries = this.#ledger.byId.sweep(list.entries);
      return list.entries;
    });
    let left = MOST_LOOKED_AT;
    const holders: Holder[] = [];
    // Those of outer scopes first, for them it is that an innocent may be blamed.
    for (const entry of made.sort((a, b) => Number(isShared(b.scope)) - Number(isShared(a.scope)))) {
      const { resource, watch } = entry;
      if (resource === undefined || left <= 0) continue;
      try {
        const bounds = { ...BOUNDS, nodes: Math.min(BOUNDS.nodes, left) };
        const { held, nodes } = reached(resource, subjects, (value) => watch.isLeaf?.(value) === true, bounds);
        left -= nodes;
        if (held.size > 0) holders.push({ entry, resource, scope: entry.scope.answerable, held });
      } catch (error) {
        this.#ledger.failure ??= asError(error);
      }
    }
    return holders;
  }
}

/** A suite's or the file's: there for all tests within. */
const isShared = (scope: Scope): boolean => scope.answerable.kind === 'suite' || scope.answerable.kind === 'file';

function asSuspect({ entry, resource }: Holder, knowledge: Knowledge): Suspect | undefined {
  const identity = entry.identify();
  if (identity === undefined) return undefined;
  const suspect = suspectOf(entry, identity, knowledge);
  suspect.trace = withoutConstructors(suspect.trace, resource);
  return suspect;
}

/** What its own test's client holds is closed with that, and the line that made it is the best there is where no other is known. */
function heldBy(root: Suspect, holder: Holder | undefined, words: Lexicon): Suspect {
  if (root.identity.pool !== undefined) return { ...root, ...doubtOf(root) };
  const remedy = holder?.entry.identify()?.remedyForHeld;
  if (holder === undefined || remedy === undefined) {
    const { heldAs, repeats } = root.identity;
    // A listener is added by an act, a connection made when it is first needed.
    const isClients =
      root.scope.kind === 'test' && words.pooled && heldAs === undefined && !isTimer(root) && repeats !== true;
    const isUnknown = isClients && !isDirect(root.trace);
    return isUnknown ? { ...root, holderUnknown: true, ...doubtOf(root, holder) } : root;
  }
  const made = root.trace.some(({ origin }) => origin === 'user') ? [] : (holder.entry.opening?.frames ?? []);
  const trace = [...root.trace, ...withoutConstructors(made, holder.resource)];
  return { ...root, trace, identity: { ...root.identity, remedy }, ...doubtOf(root, holder) };
}

/**
 * Only what one line of the test's own body has opened, or opened by what such a line has made, can be nobody else's: a function of the
 * user's may have made that for an object of its own that is older than the test.
 */
function doubtOf({ trace }: Suspect, holder?: Holder): Pick<Suspect, 'mayBeOthers'> {
  const made = holder?.entry.opening?.frames;
  const isTests = made === undefined ? trace[0]?.origin === 'user' && isDirect(trace) : isDirect(made);
  return isTests ? {} : { mayBeOthers: true };
}
