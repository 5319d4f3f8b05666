import type { Entry } from '../entry';
import { OUTSIDE } from '../opening';
import type { Watch } from '../probe';

/** Things of one kind that were closed and are not collected yet; past this many no more are noted, for so many tell enough. */
const MOST = 2048;

const { apply } = Reflect;
const { then } = Promise.prototype;
const settled = Promise.resolve();

/** A thing that was seen closed. It is held weakly. */
export interface Closed {
  readonly thing: WeakRef<object>;
  readonly entry: Entry;
}

/**
 * What tests opened and closed, and what should therefore be gone soon. Noted where the ledger drops what is released, so it costs
 * nothing while they run but one `WeakRef` for each thing that was closed; what is collected is dropped from here as well.
 */
export class Closings {
  #closed: Closed[] = [];
  #sweepAt = 256;
  /** How many of each kind there are in it. */
  readonly #counts = new Map<Watch, number>();
  /** By what each was first seen closed. */
  readonly #known = new WeakMap<object, Watch>();
  readonly #byThing = new WeakMap<object, Entry>();
  readonly #makers = new WeakMap<Entry, Entry>();
  /** Over when their scope ended, though the native side is released only later. */
  readonly #inTime = new WeakSet<Entry>();
  #newborn: Entry | undefined;

  /** Something was opened whose handle may be collected before its owner, which it is given by the code now running. */
  born(entry: Entry): void {
    if (this.#newborn !== undefined) this.#meet();
    // A probe's own record leads to its thing at the release, too.
    if (entry.watch.lasting === undefined || entry.asyncId < 0) return;
    this.#newborn = entry;
    apply(then, settled, [this.#meet]);
  }

  /** Something was released. What nobody is to answer for, or what was reported, is none of this book's. */
  released(entry: Entry): void {
    if (this.#newborn === entry) this.#meet();
    if (entry.reported || entry.late) return;
    const thing = thingOf(entry);
    if (thing === undefined) return;
    const known = this.#known.get(thing);
    // Closed once more by the same evidence: it is made to be opened again, and may be kept for that.
    if (known === entry.watch) this.forget(new Set([thing]));
    if (known !== undefined) return;
    this.#known.set(thing, entry.watch);
    if (!isExpected(entry, thing) || !this.#isInTime(entry)) return;
    if (this.#closed.length >= this.#sweepAt) this.#drop();
    const alike = this.#counts.get(entry.watch) ?? 0;
    if (alike >= MOST) return;
    this.#counts.set(entry.watch, alike + 1);
    this.#closed.push({ thing: entry.thing ?? new WeakRef(thing), entry });
  }

  /** A scope ends, and this is still open in it: told apart is what is over but for its native side. */
  sealing(open: readonly Entry[]): void {
    for (const entry of open) {
      const thing = entry.asyncId < 0 || entry.watch.lasting === undefined ? undefined : thingOf(entry);
      if (thing !== undefined && entry.watch.lasting?.isOver(thing) === true) this.#inTime.add(entry);
    }
  }

  /** What was closed, is over and is not collected. What made it may keep it for as long as it is not closed itself. */
  present(): readonly Closed[] {
    this.#drop();
    return this.#closed.filter(({ thing, entry }) => {
      const there = thing.deref();
      if (there === undefined || entry.reported || entry.watch.lasting?.isOver(there) !== true) return false;
      for (let { within } = entry; within !== undefined; within = within.within) {
        if (within.state() !== 'released') return false;
      }
      return true;
    });
  }

  /** The entries whose lines are this one's too, nearest first. */
  *makersOf(entry: Entry): Iterable<Entry> {
    const makerOf = (of: Entry): Entry | undefined => this.#makers.get(of) ?? of.within;
    for (let maker = makerOf(entry); maker !== undefined; maker = makerOf(maker)) yield maker;
  }

  /** Forgets things, as those of which a finding was made. */
  forget(things: ReadonlySet<object | undefined>): void {
    this.#closed = this.#closed.filter(({ thing }) => !things.has(thing.deref()));
  }

  /** Forgets all. */
  clear(): void {
    this.#closed = [];
    this.#counts.clear();
    this.#newborn = undefined;
  }

  /** What a suite's teardown closes, or a later test, had to be listed until then, and nobody need take it off a list that ends with the file. */
  #isInTime(entry: Entry): boolean {
    const root = rootOf(entry);
    const { answerable } = root.scope;
    return root.watch.lasting?.asked === true || !answerable.sealed || this.#inTime.has(root);
  }

  readonly #meet = (): void => {
    const entry = this.#newborn;
    this.#newborn = undefined;
    const thing = entry && thingOf(entry);
    if (entry === undefined || thing === undefined) return;
    this.#byThing.set(thing, entry);
    const maker = entry.watch.lasting?.madeBy?.(thing);
    const known = maker && this.#byThing.get(maker);
    if (known !== undefined && known !== entry) this.#makers.set(entry, known);
  };

  #drop(): void {
    this.#closed = this.#closed.filter(({ thing }) => thing.deref() !== undefined);
    this.#counts.clear();
    for (const { entry } of this.#closed) this.#counts.set(entry.watch, (this.#counts.get(entry.watch) ?? 0) + 1);
    this.#sweepAt = Math.max(256, this.#closed.length * 2);
  }
}

/**
 * A test opened it, by its own code, or a server accepted it. What a suite or a loading module opens is there once in the file, and
 * what a library opens by itself is that library's to let go.
 */
function isExpected(entry: Entry, thing: object): boolean {
  const { scope, opening } = rootOf(entry);
  const { lasting } = entry.watch;
  const { kind } = scope.answerable;
  if (kind === 'run' || kind === 'file') return false;
  if (lasting?.asked === true) return true;
  if (opening === OUTSIDE || (kind !== 'test' && lasting?.isAccepted?.(thing) !== true)) return false;
  return lasting?.made === true || opening?.frames[0]?.origin !== 'library';
}

/** Whose line and scope are an entry's: those of what it is a part of, or its own. */
export function rootOf(entry: Entry): Entry {
  let root = entry;
  while (root.watch.lasting?.part === true && root.within !== undefined) root = root.within;
  return root;
}

function thingOf(entry: Entry): object | undefined {
  const known = entry.thing?.deref();
  const { resource, watch } = entry;
  if (known !== undefined || resource === undefined) return known;
  try {
    const thing = watch.lasting?.of(resource);
    if (thing !== undefined) entry.thing = new WeakRef(thing);
    return thing;
  } catch {
    // It is on its way out, and no longer tells whose it was.
    return undefined;
  }
}
