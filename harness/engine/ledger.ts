import { createHook, executionAsyncId, type HookCallbacks } from 'node:async_hooks';
import { asError } from './as-error';
import { ById, WEAK_ENTRIES } from './by-id';
import { retire } from './elders';
import { Entry, type EntryList, type Memory, type Origin } from './entry';
import { ForeignCloses } from './foreign-closes';
import { Holders } from './holders';
import { type LineageStorage, takeStorage } from './lineage-storage';
import { Makers } from './makers';
import { knowsUser, type Opening, OpeningCamera, OUTSIDE } from './opening';
import type { Beginning, Holding, Recorder, Sighting, Watch } from './probe';
import { PULSE, Pulse } from './pulse';
import { isPutOff, PutOffs, purseOf } from './put-off';
import type { Lineage, Scope } from './scope';
import type { SessionOptions } from './session-options';
import { Stacks } from './stacks';
import { Stage } from './stage';

type LedgerOptions = Pick<SessionOptions, 'classifier' | 'everyStack' | 'onlyLineage'>;

/**
 * The book: every opening, whose it is and where it happened. `init` only, no `destroy` hook: whether something was released
 * is asked of the object when a verdict is due, so awaits cost nothing and a timer costs a line in an array.
 */
export class Ledger implements Recorder {
  /** Carries a scope along with the code that runs in it. Public for runners, who enter it with no frame of ours in between. */
  readonly lineage: LineageStorage;
  /** What is spent on lines. */
  readonly stacks: Stacks;
  readonly #watches = new Map<string, Watch>();
  /** What waits for its closing. */
  readonly byId = new ById();
  readonly closings = this.byId.closings;
  readonly #putOffs: PutOffs;
  readonly #promises: boolean;
  /** What was remembered of a subject when it was opened. */
  readonly memories = new WeakMap<object, Memory>();
  /** Who is running now. */
  readonly stage: Stage;
  readonly #hook;
  readonly #pulse = new Pulse();
  #muted = 0;
  #inAct = false;
  /** Born after their scope was sealed. */
  readonly late: EntryList = { entries: [], sweepAt: WEAK_ENTRIES };
  readonly foreignCloses = new ForeignCloses(() => this.current());
  readonly holders = new Holders(this);
  readonly made = this.holders.made;
  readonly #makers: Makers;
  readonly calledBack: Recorder['calledBack'];
  recorded = 0;
  /** The first error thrown while recording: the gate is red if there is one. */
  failure: Error | undefined;

  constructor(host: Scope, { classifier, everyStack, onlyLineage = false }: LedgerOptions) {
    this.lineage = takeStorage(host);
    this.#makers = new Makers(this.lineage);
    this.calledBack = this.#makers.calledBack;
    this.stacks = new Stacks(new OpeningCamera(classifier), everyStack ? 'all' : 'budget');
    this.stage = new Stage(onlyLineage);
    this.#promises = this.stacks.all;
    this.#putOffs = new PutOffs(this.#promises ? { most: 100_000, deepest: 64 } : { most: 512, deepest: 4 });
    this.#hook = createHook({ init: this.#init, trackPromises: this.#promises } as HookCallbacks);
  }

  /** Judges resources of async type `type` by `watch`. */
  watch(type: string, watch: Watch): void {
    this.#watches.set(type, watch);
  }

  /**
   * Begins a file: from here on everything is recorded.
   * @param keeps what it leaves is left as it is
   * @param global that of the code under test
   */
  open(file: Scope, keeps: boolean, global: object): void {
    this.stage.open(file, keeps, global);
    // Muted, for hooks are themselves accounted for, and a test environment of the user's own may be on the stack.
    this.mute(() => this.#hook.enable());
  }

  /**
   * Ends a file: nothing is recorded any more, and nothing of it is kept.
   * @param goesOn some of its work may go on, and is to be known for its own by the files that follow
   */
  close(goesOn: boolean): void {
    this.failure ??= this.#pulse.missing();
    this.#hook.disable();
    this.stage.close();
    this.byId.clear();
    this.#putOffs.clear();
    this.late.entries = [];
    this.foreignCloses.clear();
    retire(this.lineage, goesOn);
  }

  /** Runs `fn` in the context of `scope`; all that descends from it is the scope's. */
  run<T>(scope: Scope, fn: () => T): T {
    return this.lineage.run(scope.lineage, fn);
  }

  /** The scope of the running code, if it has one. */
  current(): Scope | undefined {
    return this.lineage.getStore()?.scope;
  }

  /** Runs the harness's own synchronous work: nothing it opens is recorded, and it passes no lineage on. */
  mute<T>(fn: () => T): T {
    return this.unrecorded(() => this.lineage.run(undefined, fn));
  }

  unrecorded<T>(fn: () => T): T {
    this.#muted++;
    try {
      return fn();
    } finally {
      this.#muted--;
    }
  }

  opened(sighting: Sighting): Holding | undefined {
    if (this.#muted > 0) return undefined;
    const beginning = this.#makers.beginning(sighting, this.#inAct) ?? this.beginning(sighting.above);
    return this.openedLater(beginning, sighting);
  }

  within<T>(holding: Holding | undefined, fn: () => T): T {
    const runs = holding instanceof Entry && this.#muted === 0 && this.stage.file !== undefined;
    return runs ? this.#makers.run(holding, fn) : fn();
  }

  closed(holding: Holding | undefined, above?: (...args: never[]) => unknown): void {
    if (!(holding instanceof Entry) || holding.closing !== undefined) return;
    // No budget: what is closed by a call of its own was opened at a far higher cost.
    holding.closing = (above !== undefined && this.#muted === 0 ? this.stacks.take(above) : undefined) ?? OUTSIDE;
  }

  acting(): object | undefined {
    return this.#muted > 0 ? undefined : (this.current() ?? this.stage.window()[0])?.lifetime;
  }

  beginning(above?: (...args: never[]) => unknown, reach: 'far' | 'deep' = 'far'): Beginning {
    if (this.#muted > 0) return { scope: undefined, answers: undefined, opening: undefined };
    const opening = this.stacks.take(above ?? this.beginning, reach);
    const outside = opening?.hostOnly === true || this.stage.isOlder(executionAsyncId());
    const known = this.current() ?? (outside ? this.stage.outside : undefined);
    const acting = known ?? (outside ? undefined : this.stage.window()[0]);
    const home = acting !== undefined && opening?.atImport === true ? this.stage.file : acting;
    const scope = opening?.byPlugin === true ? this.stage.outside : home;
    const owner = !outside && known === undefined && home?.answerable.kind === 'test' ? 'window' : 'lineage';
    return { scope, answers: scope?.lifetime, opening, runs: executionAsyncId(), owner };
  }

  callerOf(above: (...args: never[]) => unknown, steps = 1): string | undefined {
    return this.stacks.callerOf(above, steps);
  }

  openedLater(beginning: Beginning, sighting: Sighting, owner = beginning.owner ?? 'lineage'): Holding | undefined {
    const scope = beginning.scope as Scope | undefined;
    if (scope === undefined) return undefined;
    const { opening } = beginning;
    const origin = this.#origin(opening, this.lineage.getStore()?.act, beginning.runs ?? 0);
    const { watch, resource, keep = false } = sighting;
    const entry = new Entry(-1, watch, resource, !keep, scope, owner, opening, origin, this.#makers.of(opening));
    try {
      this.#enter(entry);
    } catch (error) {
      // The user's own call is on the stack: what fails here is said at the end, and not to it.
      this.failure ??= asError(error);
    }
    return entry;
  }

  act<T>(above: (...args: never[]) => unknown, fn: () => T, known?: Holding): T {
    const lineage = this.lineage.getStore();
    // A library calling itself: the user's call further out is the better line.
    if (lineage === undefined || this.#inAct || this.#muted > 0) return fn();
    const before = known instanceof Entry && knowsUser(known.opening) ? known.opening : undefined;
    const opening = before ?? (this.stacks.may(lineage.scope.budget) ? this.stacks.take(above) : undefined);
    if (!knowsUser(opening)) return fn();
    this.#inAct = true;
    try {
      return this.lineage.run({ ...lineage, act: opening }, fn);
    } finally {
      this.#inAct = false;
    }
  }

  remember(subject: object, above?: (...args: never[]) => unknown): void {
    if (this.#muted > 0) return;
    const lineage = this.lineage.getStore();
    const opening = this.stacks.take(above ?? this.remember);
    const known = knowsUser(opening) ? opening : (lineage?.act ?? opening);
    this.memories.set(subject, { scope: lineage?.scope, opening: known });
  }

  readonly #init = (asyncId: number, type: string, triggerAsyncId: number, resource: object): void => {
    // First, for promises are most of what there is, and only `trace` asks anything of them.
    if (type === 'PROMISE' && !this.#promises) return;
    try {
      const watch = this.#watches.get(type);
      if (watch === undefined || watch.momentary === true) this.#noteIfPutOff(asyncId, type);
      if (watch === undefined || this.#muted > 0) return;
      const lineage = this.lineage.getStore();
      if (watch.momentary === true) lineage?.scope.answerable.requests.note(asyncId, watch, resource);
      else if (lineage === undefined) this.#initUnlined(asyncId, watch, triggerAsyncId, resource);
      else this.#initIn(lineage, asyncId, watch, triggerAsyncId, resource);
    } catch (error) {
      this.failure ??= asError(error);
    }
  };

  #initIn(lineage: Lineage, asyncId: number, watch: Watch, triggerAsyncId: number, resource: object): void {
    const { scope, act } = lineage;
    const answerable = scope.answerable;
    answerable.flooded ||= answerable.entries.length >= WEAK_ENTRIES;
    const known = this.stacks.known(watch, resource, true);
    const maySee = known === undefined && this.#maySee(watch, resource, scope, act);
    const reach = act === undefined ? 'far' : 'near';
    const opening = maySee ? this.stacks.takeOf(this.#init, watch, resource, reach) : known;
    if (opening?.byPlugin === true) {
      this.#enterOutside(asyncId, watch, resource);
      return;
    }
    const home = opening?.atImport === true && this.stage.file !== undefined ? this.stage.file : scope;
    const weak = !answerable.flooded || watch.transient !== true;
    const origin = this.#origin(opening, act, triggerAsyncId);
    this.#enter(new Entry(asyncId, watch, resource, weak, home, 'lineage', opening, origin, this.#makers.of(opening)));
  }

  #noteIfPutOff(asyncId: number, type: string): void {
    if (type === PULSE) this.#pulse.heard++;
    if (!isPutOff(type) || this.#muted > 0) return;
    const lineage = this.lineage.getStore();
    if (lineage === undefined || lineage.act !== undefined) return;
    const opening = this.stacks.may(purseOf(type, lineage.scope)) ? this.stacks.take(this.#init, 'deep') : undefined;
    this.#putOffs.note(asyncId, opening, executionAsyncId());
  }

  #maySee(watch: Watch, resource: object, scope: Scope, act: Opening | undefined): boolean {
    if (watch.incidental === true) return this.stacks.may(scope.incidentalBudget);
    if (watch.transient !== true || this.#makers.makesToLast(watch, resource)) return true;
    if (this.#makers.isTelling() && this.stacks.may(scope.makerBudget)) return true;
    return this.stacks.may(act === undefined ? scope.budget : scope.actBudget);
  }

  /** Without a store: born natively (an accepted socket), in a callback of one such, while loading, or the runner's own. */
  #initUnlined(asyncId: number, watch: Watch, triggerAsyncId: number, resource: object): void {
    const file = this.stage.file;
    if (file === undefined) return;
    const parent = this.byId.get(triggerAsyncId);
    const older = parent === undefined && this.stage.isOlder(triggerAsyncId, watch.callback?.(resource));
    if (!older && parent === undefined && !this.stacks.mayTell(file.budget, watch, resource)) return;
    const known = older ? OUTSIDE : this.stacks.known(watch, resource, false);
    const maySee = known === undefined && (watch.incidental !== true || this.stacks.may(file.incidentalBudget));
    const opening = maySee
      ? this.stacks.takeOf(this.#init, watch, resource, parent === undefined ? 'far' : 'near')
      : known;
    if (opening?.hostOnly === true || opening?.byPlugin === true) {
      if (older || watch.transient !== true) this.#enterOutside(asyncId, watch, resource);
      return;
    }
    if (parent !== undefined) {
      const origin = this.#origin(opening, undefined, triggerAsyncId);
      this.#enter(new Entry(asyncId, watch, resource, true, parent.scope, 'trigger', opening, origin));
      return;
    }
    const [scope, owner] = this.stage.window();
    if (scope !== undefined) this.#enter(new Entry(asyncId, watch, resource, true, scope, owner, opening, undefined));
  }

  /** Nobody answers for it; what descends from it is known by it. */
  #enterOutside(asyncId: number, watch: Watch, resource: object): void {
    const scope = this.stage.outside;
    if (scope === undefined) return;
    this.#enter(new Entry(asyncId, watch, resource, true, scope, 'window', OUTSIDE, undefined));
  }

  /** Where to look further for the user's line: the act first, then the nearest ancestor that knows one. */
  #origin(opening: Opening | undefined, act: Opening | undefined, triggerAsyncId: number): Origin | undefined {
    if (knowsUser(opening)) return this.byId.firstRound(opening, triggerAsyncId);
    if (act !== undefined) return { opening: act };
    const parent = this.byId.get(triggerAsyncId) ?? this.#putOffs.get(triggerAsyncId);
    return parent === undefined || knowsUser(parent.opening) ? parent : (parent.origin ?? parent);
  }

  #enter(entry: Entry): void {
    this.recorded++;
    this.byId.note(entry);
    const home = entry.scope.answerable;
    home.opened(entry);
    if (entry.late || home.sealed) {
      this.byId.write(this.late, entry);
      return;
    }
    if (entry.watch.guard !== undefined && home.kind !== 'test' && entry.opening !== OUTSIDE)
      this.foreignCloses.guard(entry);
    this.byId.write(home, entry);
  }
}
