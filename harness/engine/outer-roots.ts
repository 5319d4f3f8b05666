import { normalizePath, userPlace } from '../model/frame';
import { asError } from './as-error';
import { isDirect, sideOf } from './held-by';
import type { Ledger } from './ledger';
import type { Call } from './made-within';
import { isInModulesState } from './module-state';
import { asObject } from './native';
import type { AskedOfFile } from './outer-keepers';
import { hasRoom } from './retention/heap-room';
import type { Scope } from './scope';
import type { SessionOptions } from './session-options';
import { sparingCollected } from './spared-errors';
import { outdateReads } from './stale-reads';
import type { Surroundings } from './surroundings';
import { isOver, isTimer, type Keeper, placeOf, type Suspect } from './suspect';

/** Only where a verdict is about to fall: what reads a heap is nothing to load into every worker. */
const heap = (): typeof import('./heap/outer-holders') =>
  require('./heap/outer-holders') as typeof import('./heap/outer-holders');
const keepers = (): typeof import('./outer-keepers') => require('./outer-keepers') as typeof import('./outer-keepers');

const within = (): typeof import('./made-within') => require('./made-within') as typeof import('./made-within');

/** So many things are looked for in one heap; of more, those that one line has opened in one test answer for their likes. */
const MOST_ASKED = 64;
const MOST_ALIKE = 3;

/**
 * Places of what was found to be kept by something that outlives its test, in any file of this process, and the ways by which tests
 * came there: by the same way the heap is not asked again while tests are ending. What is still there when its file ends is asked
 * about anyhow.
 */
const kept = new Set<string>();
const MOST_KEPT = 1_000;

/** So many times the heap is asked while tests are ending: each takes a second, and others may run at the same time. */
const MOST_EARLY = 6;

/**
 * Who else may have had a thing opened that a test left: where what is made outside of tests cannot be seen being made (it is no
 * emitter), or cannot be looked into (private fields, closures), the heap is asked by what the thing is held. Held by what outlives
 * the test and has opened it by a method of its own, it is not the test's, unless the test put that there. It is a confirmed leak by
 * now, so a snapshot is worth its second; without one the verdict stays as it is.
 */
export class OuterRoots {
  readonly #ledger: Ledger;
  readonly #options: SessionOptions;
  readonly #file: Scope;
  #askedEarly = 0;
  readonly #calls = new WeakMap<Suspect, Call>();
  readonly #inModules = new WeakMap<object, boolean>();
  #inModulesAsked = 0;

  constructor(ledger: Ledger, options: SessionOptions, file: Scope) {
    this.#ledger = ledger;
    this.#options = options;
    this.#file = file;
  }

  /** Whether there is anything to ask. */
  mayTell(roots: readonly Suspect[]): boolean {
    const { around, onlyLineage } = this.#options;
    return (
      around !== undefined &&
      onlyLineage !== true &&
      roots.some((root) => this.#isDoubtful(root) || this.#isEarly(root))
    );
  }

  /**
   * The same roots, those that are none of their test's in the scope that they belong to; without those, while their test is just
   * ending: what outlives it may end them yet.
   */
  async settle(roots: readonly Suspect[]): Promise<readonly Suspect[]> {
    try {
      const early = new Set(roots.filter((root) => this.#isEarly(root)));
      const notShared = new Set(this.#ledger.holders.notShared([...early]));
      const rest = roots.filter((root) => !early.has(root) || notShared.has(root));
      const doubtful = new Set(rest.filter((root) => early.has(root) || this.#isDoubtful(root)));
      // What the test's own code has made has opened it for nobody else.
      const own = new Set([...doubtful].filter((root) => this.#callOf(root) === 'made-within'));
      const asked = [...doubtful].filter((root) => !own.has(root) && (!early.has(root) || this.#mayAskEarly(root)));
      const keeperOf = asked.length === 0 ? undefined : await sparingCollected(() => this.#askIfRoom(asked));
      if (asked.some((root) => !root.scope.sealed)) this.#askedEarly++;
      for (const root of asked)
        if (early.has(root) && typeof keeperOf?.(root) === 'object') keep(placeOf(root), this.#wayTo(root));
      return rest.flatMap((root) => {
        if (own.has(root)) return [told(root, 'own')];
        if (early.has(root)) return this.#isPutOff(root, keeperOf !== undefined) ? [] : [root];
        return [doubtful.has(root) ? told(root, keeperOf?.(root)) : root];
      });
    } catch (error) {
      this.#ledger.failure ??= asError(error);
      return roots;
    }
  }

  /** It falls on a test, and yet somebody else may have had it opened; of timers those whose verdict was put off for that. */
  #isDoubtful(root: Suspect): boolean {
    const { mayBeOthers, scope, parent } = root;
    if (scope.kind !== 'test' || parent !== undefined) return false;
    return mayBeOthers === true || (scope.sealed && isBrief(root) && kept.has(placeOf(root)));
  }

  /** While its test is just ending each place is asked about a few times: a keeper that was found there has others like it. */
  #mayAskEarly(root: Suspect): boolean {
    return !kept.has(this.#wayTo(root)) && !this.#goesOnForGood(root) && this.#askedEarly < MOST_EARLY;
  }

  /** Where the heap can't be asked, what hangs on the module that armed it is given the benefit of the doubt. */
  #isPutOff(root: Suspect, wasAsked: boolean): boolean {
    return kept.has(this.#wayTo(root)) || (wasAsked ? this.#goesOnForGood(root) : this.#goesOnElsewhere(root));
  }

  /** It will be there when the file ends, unless its module ends it: soon enough to ask the heap. */
  #goesOnForGood(root: Suspect): boolean {
    return root.identity.repeats === true && this.#goesOnElsewhere(root);
  }

  /**
   * A verdict that cannot wait: on a timer that an object of somebody else's armed, on a job that this or some function began; at the
   * thoroughest level on anything.
   */
  #isEarly(root: Suspect): boolean {
    const { scope, trace, parent, closed, answered, identity } = root;
    if (isOver(root) || scope.final || parent !== undefined) return false;
    if (closed !== undefined || answered === true || identity.separate === true) return false;
    if (isBrief(root) && this.#goesOnElsewhere(root)) return true;
    const isOnes = trace[0] === undefined || (trace[0].origin === 'user' && isDirect(trace));
    if (isOnes) return false;
    if (this.#options.collectEachTest) return true;
    const call = this.#callOf(root);
    return call === 'on-another' ? isBrief(root) : call === 'unknown' && identity.momentary === true;
  }

  /** Armed by a module's own code, maybe in a later tick, when who called for it is on no stack any more, and held by that module. */
  #goesOnElsewhere({ trace, entries: [first] }: Suspect): boolean {
    const timer = first?.resource as { readonly _onTimeout?: unknown } | undefined;
    const callback = asObject(timer?._onTimeout);
    if (timer === undefined || callback === undefined || trace[0]?.origin !== 'user') return false;
    if (normalizePath(trace[0].file) === this.#file.file) return false;
    const known = this.#inModules.get(timer);
    if (known !== undefined || this.#inModulesAsked >= MOST_ASKED) return known === true;
    this.#inModulesAsked++;
    const isModules = isInModulesState(callback, timer);
    this.#inModules.set(timer, isModules);
    return isModules;
  }

  /** The user's own calls that led there, but for the one in the body of its test: many tests come by the same. */
  #wayTo({ trace }: Suspect): string {
    const calls = trace.filter(({ origin }) => origin === 'user');
    const last = calls.at(-1);
    if (calls.length > 1 && last !== undefined && normalizePath(last.file) === this.#file.file) calls.pop();
    return `by ${calls.map((call) => userPlace([call])).join()}`;
  }

  /** Asked of a root several times, and read from the text of all bodies around its test. */
  #callOf(root: Suspect): Call {
    const known = this.#calls.get(root) ?? within().callOf(root, this.#options.around?.(root.scope)?.own ?? []);
    this.#calls.set(root, known);
    return known;
  }

  async #askIfRoom(doubtful: readonly Suspect[]): Promise<((root: Suspect) => Keeper | 'own' | undefined) | undefined> {
    return (await hasRoom(this.#options.mostHeapBytes)) ? this.#ask(doubtful) : undefined;
  }

  async #ask(doubtful: readonly Suspect[]): Promise<(root: Suspect) => Keeper | 'own' | undefined> {
    const { around = () => undefined } = this.#options;
    const { keeperOf } = keepers();
    const keyOf = (root: Suspect): string => `${root.scope.id} ${root.identity.kind} ${placeOf(root)}`;
    const places = new Map<Scope, Surroundings>();
    for (const scope of new Set(doubtful.map((root) => root.scope))) {
      const place = around(scope);
      if (place !== undefined) places.set(scope, place);
    }
    const code = [...places.values()].flatMap(({ own, suites }) => [...own, ...suites.flatMap(({ bodies }) => bodies)]);
    const functions = [...new Set(code)];
    const chosen = fewOfEach(doubtful, keyOf);
    const answer = await this.#holdsOf(chosen, functions, places);
    const all: AskedOfFile = { file: this.#file, functions, places, ...answer };
    const found = new Map(all.asked.map((each) => [each.root, keeperOf(each, all)]));
    const alike = new Map([...found].map(([root, keeper]) => [keyOf(root), keeper]));
    return (root) => (found.has(root) ? found.get(root) : alike.get(keyOf(root)));
  }

  /** A subject, or what has taken its place if that was a timer which has fired since, and armed itself anew. */
  #present({ subject, entries: [first] }: Suspect): object {
    if (first === undefined || first.watch.transient !== true || first.state() !== 'released') return subject;
    const { scope, watch, opening } = first;
    const live = [...scope.answerable.entries, ...this.#ledger.late.entries].filter(
      (entry) => entry.watch === watch && entry.scope.answerable === scope.answerable && entry.state() === 'open',
    );
    const at = userPlace(opening?.frames ?? []);
    const heir =
      live.findLast((entry) => entry.opening !== undefined && userPlace(entry.opening.frames) === at) ??
      live.findLast((entry) => entry.opening === undefined);
    return heir?.resource ?? subject;
  }

  async #holdsOf(
    roots: readonly Suspect[],
    functions: readonly object[],
    places: AskedOfFile['places'],
  ): Promise<Pick<AskedOfFile, 'asked' | 'wrapped'>> {
    const { realm, classifier, progress = () => {} } = this.#options;
    const { sourceOf }: typeof import('./slot-writes') = require('./slot-writes');
    let subjects: readonly { readonly root: Suspect; readonly subject: object }[] = [];
    await outdateReads();
    const { holds, wrapped } = await heap()
      .outerHolders({
        targets: () => {
          subjects = roots.flatMap((root) =>
            [...sideOf(root)].map((part) => ({ root, subject: part.identity.heldAs ?? this.#present(part) })),
          );
          return subjects.map(({ root, subject }) => ({
            thing: new WeakRef(subject),
            trace: root.trace,
            own: new Set(places.get(root.scope)?.own.map((fn) => functions.indexOf(fn))),
          }));
        },
        code: functions.map((fn) => ({ fn: new WeakRef(fn), text: sourceOf(fn) })),
        global: new WeakRef(realm.global),
        originOf: (path) => classifier.origin(path),
        progress,
      })
      .finally(() => progress(undefined));
    const asked = roots.map((root) => {
      const known = holds.filter((_, index) => subjects[index]?.root === root);
      return { root, holds: known.find((each) => each !== undefined && each.length > 0) ?? known[0] };
    });
    return { asked, wrapped };
  }
}

function keep(...places: readonly string[]): void {
  for (const place of places) if (place !== '' && kept.size < MOST_KEPT) kept.add(place);
}

/** It would be gone by the end of the file. */
const isBrief = (root: Suspect): boolean => isTimer(root) || root.identity.momentary === true;

function fewOfEach(roots: readonly Suspect[], keyOf: (root: Suspect) => string): readonly Suspect[] {
  const counts = new Map<string, number>();
  const isOneOfFew = (root: Suspect): boolean => {
    const count = counts.get(keyOf(root)) ?? 0;
    counts.set(keyOf(root), count + 1);
    return count < MOST_ALIKE;
  };
  return roots.filter(isOneOfFew).slice(0, MOST_ASKED);
}

function told(root: Suspect, keeper: Keeper | 'own' | undefined): Suspect {
  if (keeper === undefined) return root;
  if (keeper === 'own') return { ...root, holderUnknown: false };
  const { scope } = keeper;
  const usedBy = root.scope.name;
  return { ...root, scope, openedIn: scope, holderUnknown: false, keeper: { ...keeper, usedBy } };
}
