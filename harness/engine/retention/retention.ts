import type { Lexicon } from '../../model/resource';
import { memory } from '../../model/retainer-path';
import { asError } from '../as-error';
import type { Entry } from '../entry';
import { collectOnce, collectThoroughly } from '../gc';
import type { HeapAnswer, TargetAnswer } from '../heap/explain';
import type { Ledger } from '../ledger';
import type { Opening } from '../opening';
import type { Identity } from '../probe';
import type { RunningProbes } from '../running-probes';
import type { Scope } from '../scope';
import type { SessionOptions } from '../session-options';
import { sparingCollected } from '../spared-errors';
import { type Knowledge, type Suspect, suspectOf } from '../suspect';
import type { Ruling } from '../verdicts';
import { type Closed, rootOf } from './closings';
import { type Expected, wordsOf } from './expected';
import { hasRoom } from './heap-room';
import { LeftListeners } from './left-listeners';
import { listedOnly } from './listed';
import { type Held, retainedRulings } from './retained-findings';
import { stillWaiting } from './still-waiting';

/** Only where something has survived: what reads a heap is nothing to load into every worker. */
const heap = (): typeof import('../heap/explain') => require('../heap/explain') as typeof import('../heap/explain');

/** What the caller of {@link Retention.expect} knows. */
export interface Expectation {
  /** Default: the object's class. With its article. */
  readonly noun?: string;
  readonly label?: string;
  readonly scope: Scope;
  readonly opening: Opening | undefined;
  readonly closing?: Opening | undefined;
  /** Past participle of its end. */
  readonly ended?: string;
  readonly remedy?: string;
}

/**
 * Who should be gone, and is not. `WeakRef`s and a forced collection tell; a snapshot of the heap explains, and is taken only for
 * what has survived. Without such a one it costs at most one collection, and none if nothing was closed that is still there.
 */
export class Retention {
  readonly #ledger: Ledger;
  readonly #probes: RunningProbes;
  readonly #knowledge: Knowledge;
  readonly #wordsFor: (kind: string) => Lexicon;
  readonly #options: SessionOptions;
  readonly #listeners: LeftListeners;
  #asked: Expected[] = [];
  #sweepAt = 256;

  constructor(
    ledger: Ledger,
    probes: RunningProbes,
    knowledge: Knowledge,
    wordsFor: (kind: string) => Lexicon,
    options: SessionOptions,
  ) {
    this.#ledger = ledger;
    this.#probes = probes;
    this.#knowledge = knowledge;
    this.#wordsFor = wordsFor;
    this.#options = options;
    this.#listeners = new LeftListeners(() => ledger.holders.ofFile());
  }

  /**
   * The running test says that `object` is to be gone when it is over.
   * @param above frames above this function are left out of its line
   */
  expectCollected(object: object, label: string, above: (...args: never[]) => unknown): void {
    const { scope, opening } = this.#ledger.beginning(above, 'deep');
    if (scope !== undefined) this.expect(object, { label, scope: scope as Scope, opening });
  }

  /** Whether a test has said of anything that it is to be gone. */
  get isAsked(): boolean {
    return this.#asked.length > 0;
  }

  /** `object` is to be gone by the end of `scope`. It is held weakly, and what is collected is forgotten. */
  expect(object: object, expectation: Expectation): void {
    const { scope, opening, closing, ended, label = '', remedy } = expectation;
    const words = wordsOf(object);
    if (this.#asked.length >= this.#sweepAt) {
      this.#asked = this.#asked.filter(({ thing }) => thing.deref() !== undefined);
      this.#sweepAt = Math.max(256, this.#asked.length * 2);
    }
    this.#asked.push({
      thing: new WeakRef(object),
      kind: 'object',
      noun: expectation.noun ?? words.noun,
      plural: words.plural,
      label: label === '' ? '' : `(${label})`,
      scope: scope.answerable,
      openedIn: scope,
      owner: 'lineage',
      trace: opening?.frames ?? [],
      closing,
      ended,
      ...(remedy === undefined ? {} : { remedy }),
      unasked: false,
    });
  }

  /**
   * Forces collections, and says what has survived them although it should not have.
   * @param scope only what belongs to it; default: all there is
   * @param isLast whether none of the file's code is to run any more
   */
  async judge(scope?: Scope, isLast = false): Promise<readonly Ruling[]> {
    try {
      return await sparingCollected(() => this.#judge(scope, isLast));
    } catch (error) {
      // That it cannot be told is no reason to keep what is known already from anybody.
      this.#ledger.failure ??= asError(error);
      return [];
    }
  }

  /** @throws if it cannot be told: collections do not collect, or the heap cannot be read */
  async #judge(scope: Scope | undefined, isLast: boolean): Promise<readonly Ruling[]> {
    const isMeant = (whose: Scope): boolean => scope === undefined || whose.answerable === scope;
    const closed = this.#closed().filter(({ entry }) => isMeant(entry.scope));
    const asked = this.#asked.filter((each) => isMeant(each.scope));
    const listeners = scope === undefined && !this.#options.onlyAsked && this.#listeners.any;
    if (!closed.some(isThere) && !asked.some(isThere) && !listeners) return [];
    this.#probes.drain();
    // Of what nobody asked about only a snapshot tells whether it is a finding.
    const tells = await hasRoom(this.#options.mostHeapBytes);
    const expected = tells ? closed : closed.filter(isAskedFor);
    const watched: readonly { readonly thing: WeakRef<object> }[] = [...expected, ...asked];
    if (listeners && tells) await collectOnce();
    if (isLast && watched.some(isThere)) await this.#letGoOfMocks(() => !watched.some(isThere));
    await collectThoroughly(() => !watched.some(isThere));
    const survivors = [...asked.filter(isThere), ...this.#ended(expected.filter(isThere))];
    if (listeners && tells) survivors.push(...this.#listeners.heavy());
    if (survivors.length === 0) return [];
    return await this.#rule(survivors, await this.#explained(survivors));
  }

  /** What was closed and is expected to be gone. */
  #closed(): readonly Closed[] {
    const closed = this.#ledger.closings.present();
    return this.#options.onlyAsked ? closed.filter(isAskedFor) : closed;
  }

  /** A spy holds what it spies on until its file has ended: that shows nothing, and a snapshot only to learn this takes seconds. */
  async #letGoOfMocks(gone: () => boolean): Promise<void> {
    const { letGoOfMocks } = this.#options;
    if (letGoOfMocks === undefined) return;
    await collectOnce();
    if (gone()) return;
    try {
      letGoOfMocks();
    } catch {
      // What a setter of the user's throws the runner meets again, as it would have without us.
    }
  }

  /** A test begins. */
  begin(): void {
    this.#listeners.before();
  }

  /** A test is over, and what goes on in the others is theirs. */
  end(scope: Scope): void {
    this.#listeners.after(scope, this.#ledger.stage.window()[0] === scope);
  }

  /** Forgets all. */
  clear(): void {
    this.#asked = [];
    this.#listeners.clear();
    this.#ledger.closings.clear();
  }

  #ended(closed: readonly Closed[]): Expected[] {
    return closed.flatMap(({ thing: ref, entry }) => {
      const thing = ref.deref();
      const { lasting } = entry.watch;
      if (thing === undefined || lasting === undefined || !lasting.isOver(thing)) return [];
      const { kind, noun, label = '', endedBy, at } = lasting.describe(thing);
      const words = this.#wordsFor(kind);
      const made = lasting.made === true ? { made: true } : {};
      const identity = { kind, subject: thing, ...made };
      const { scope, openedIn, owner, trace: opened } = this.#suspectOf(entry, identity);
      const trace = at === undefined ? opened : [{ ...at, origin: this.#options.classifier.origin(at.file) }];
      if (this.#knowledge.ruledOut(identity, trace)) return [];
      const told = {
        noun: noun ?? words.noun,
        plural: words.plural,
        label,
        ended: words.closed,
        closing: entry.closing,
      };
      const byUser = entry.opening?.frames[0]?.origin === 'user';
      const whose = { kind, scope, openedIn, owner, trace, byUser, partOf: partsOf(entry) };
      const known = { thing: ref, ...whose, ...told, unasked: lasting.asked !== true };
      const waits = (): boolean => {
        const there = ref.deref();
        return there !== undefined && lasting.isOver(there);
      };
      const expected = lasting.waits === true ? { ...known, waits } : known;
      return [endedBy === undefined ? expected : { ...expected, endedBy }];
    });
  }

  /** As a suspect would be, with the line of what made it if it has none of its own. */
  #suspectOf(entry: Entry, identity: Identity): Suspect {
    const suspect = suspectOf(entry, identity, this.#knowledge);
    const root = rootOf(entry);
    if (root !== entry) {
      const subject = root.thing?.deref() ?? root;
      return suspectOf(root, { kind: identity.kind, subject, made: true }, this.#knowledge);
    }
    for (const maker of this.#ledger.closings.makersOf(entry)) {
      if (suspect.trace.some(({ origin }) => origin === 'user')) break;
      const subject = maker.thing?.deref() ?? maker;
      suspect.trace = suspectOf(maker, { ...identity, subject }, this.#knowledge).trace;
    }
    return suspect;
  }

  #explained(survivors: readonly Expected[]): Promise<HeapAnswer> {
    const { realm, onlyLineage, file, rootDir, mostHeapBytes, progress, classifier } = this.#options;
    const targets = survivors.map(({ thing }) => thing);
    const global = onlyLineage === true ? undefined : new WeakRef(realm.global);
    const originOf = (path: string) => classifier.origin(path);
    const question = { targets, global, testFile: file, rootDir, mostHeapBytes, originOf };
    const { explain } = heap();
    return explain(progress === undefined ? question : { ...question, progress });
  }

  async #rule(survivors: readonly Expected[], answer: HeapAnswer): Promise<readonly Ruling[]> {
    const { rootDir, mostHeapBytes } = this.#options;
    switch (answer.kind) {
      case 'failed':
        throw new Error(`the heap could not be read: ${answer.why}`);
      case 'too-large': {
        const untraced = `By what it is held is not known: ${memory(answer.usedBytes)} of heap are in use, and past ${memory(mostHeapBytes)} (the option \`mostHeapBytes\`) no snapshot is taken. Run this file alone, or raise the limit.`;
        // Nothing shows that it is more than a variable that holds what nobody asked about.
        const held = survivors.filter(({ unasked }) => !unasked).map((expected) => ({ expected, path: undefined }));
        return this.#told(retainedRulings(held, { rootDir, untraced }), held);
      }
      case 'explained': {
        const all = survivors.flatMap((expected, index) => heldBy(expected, answer.targets[index]));
        const held = await stillWaiting(listedOnly(all), this.#options.graceMs);
        return this.#told(retainedRulings(held, { rootDir, untraced: undefined }), held);
      }
    }
  }

  /** What was told is not told again. */
  #told(rulings: readonly Ruling[], held: readonly Held[]): readonly Ruling[] {
    const told = new Set(held.map(({ expected }) => expected.thing));
    this.#asked = this.#asked.filter(({ thing }) => !told.has(thing));
    this.#ledger.closings.forget(new Set(held.map(({ expected }) => expected.thing.deref())));
    return rulings;
  }
}

/** What it is a part of. */
function partsOf(entry: Entry): ReadonlySet<WeakRef<object>> {
  const wholes = new Set<WeakRef<object>>();
  for (let { within } = entry; within !== undefined; within = within.within) {
    if (within.thing !== undefined) wholes.add(within.thing);
  }
  return wholes;
}

/** Of a class that the project named. */
const isAskedFor = ({ entry }: Closed): boolean => entry.watch.lasting?.asked === true;

const isThere = ({ thing }: { readonly thing: WeakRef<object> }): boolean => thing.deref() !== undefined;

/** In doubt it is nobody's fault: what only Node's own state holds, no test can let go. */
function heldBy(expected: Expected, answer: TargetAnswer | undefined): Held[] {
  if (answer?.kind !== 'held') return [];
  const { path, listing } = answer;
  if (path.root.kind === 'runtime') return [];
  if (path.root.kind === 'native' && path.hops.every(({ how }) => how !== 'variable' && how !== 'value')) return [];
  if (expected.waits !== undefined && !expected.trace.some(({ origin }) => origin === 'user')) {
    // A library has wrapped the handler: of what it called, the user's own code that waits is on the way.
    const code = path.hops.findLast((hop) => hop.at?.origin === 'user')?.at;
    const trace = code === undefined ? expected.trace : [code, ...expected.trace];
    return [{ expected: { ...expected, trace }, path, listing }];
  }
  const at = path.hops.at(-1)?.at;
  if (expected.leastBytes === undefined || at === undefined) return [{ expected, path, listing }];
  return [{ expected: { ...expected, trace: [{ ...at, origin: 'user' }] }, path, listing }];
}
