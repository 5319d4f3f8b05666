import type { Cost, ProbeFailure } from '../model/report';
import type { Allowance } from '../model/rule';
import type { ScopeKind } from '../model/scope';
import { Aftermath } from './aftermath';
import { Allowances } from './allowances';
import { nowMs, ticks } from './clock';
import type { Entry, EntryList } from './entry';
import { collectUntil, survivors } from './gc';
import { type Look, look, lookAtAll, NOTHING } from './judge';
import { Ledger } from './ledger';
import type { LineageStorage } from './lineage-storage';
import { byCall } from './one-call';
import { OuterRoots } from './outer-roots';
import { heirsOf, Reported } from './put-away';
import { Retention } from './retention/retention';
import { RunningProbes } from './running-probes';
import { Scope } from './scope';
import type { SessionOptions } from './session-options';
import { isAnyThing, isOfTest, isOver, type Knowledge, type Suspect, suspectOf } from './suspect';
import { type Ruling, Verdicts } from './verdicts';
import { Waiting } from './waiting';

/** The accounts of one test file: scopes are entered and left, and leaving one says what it left behind. */
export class Session {
  readonly file: Scope;
  /** The runner's own scope around the file: what the test environment opens is its, and never a finding of the file's. */
  readonly host: Scope;
  /** What should be gone, and is not. */
  readonly retention: Retention;
  readonly #ledger: Ledger;
  readonly #options: SessionOptions;
  readonly #verdicts: Verdicts;
  readonly #allowances: Allowances;
  readonly #knowledge: Knowledge;
  readonly #probes: RunningProbes;
  readonly #outer: OuterRoots;
  readonly #deferred: EntryList = { entries: [], sweepAt: 1024 };
  readonly #reported: Reported;
  #setupMs = 0;
  #judgingMs = 0;
  readonly #waiting: Waiting;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.host = new Scope('run', '', undefined, options.file);
    this.file = new Scope('file', '', this.host, options.file);
    this.#waiting = new Waiting(options.graceMs, (due) => this.#isLetGo(() => this.#gather(due)));
    this.#verdicts = new Verdicts(options.rootDir);
    this.#allowances = new Allowances(options.exceptions, options.rootDir);
    this.#ledger = new Ledger(this.host, options);
    this.#probes = new RunningProbes(this.#ledger);
    this.#reported = new Reported(this.#ledger);
    this.#knowledge = { ...this.#probes.knowledge(options.rules), reportedEnds: this.#reported.ends };
    this.#outer = new OuterRoots(this.#ledger, options, this.file);
    this.retention = new Retention(this.#ledger, this.#probes, this.#knowledge, this.#verdicts.wordsFor, options);
  }

  /** Starts every probe and begins to record. A probe that throws is named in `failures`, and the run is red. */
  start(): void {
    const startedMs = nowMs();
    for (const probe of this.#options.probes) {
      this.#verdicts.learn(probe.kinds);
      this.#probes.start(probe, this.#options.realm);
    }
    this.#ledger.open(this.file, !this.#options.cleanUp, this.#options.realm.global);
    this.#setupMs = nowMs() - startedMs;
  }

  /** The file's modules are loaded; from now on what appears belongs to who runs. */
  loaded(): void {
    this.#ledger.stage.loaded();
    this.#probes.modulesLoaded();
  }

  /** A module is about to run: what it imports may be loaded. */
  moduleLoading(): void {
    this.#probes.moduleLoading();
  }

  /** A new scope beneath `parent`. */
  enter(kind: ScopeKind, name: string, parent: Scope, hook?: string): Scope {
    const scope = new Scope(kind, name, parent, this.file.file, hook);
    if (kind === 'suite') this.#probes.modulesLoaded();
    if (kind === 'test') this.#ledger.stage.activate(scope);
    if (kind === 'test') this.retention.begin();
    return scope;
  }

  /** What `run` enters: for runners that must leave no frames of ours in a test's stack. */
  get lineage(): LineageStorage {
    return this.#ledger.lineage;
  }

  /** Whether the running code descends from a scope of this session. */
  get runsNow(): boolean {
    return this.#ledger.current() !== undefined;
  }

  /** Runs `fn` as part of `scope`. */
  run<T>(scope: Scope, fn: () => T): T {
    return this.#ledger.run(scope, fn);
  }

  /** While a suite's hook runs, what appears without lineage is the suite's. */
  during(scope: Scope, running: boolean): void {
    if (running) this.#ledger.stage.activate(scope);
    else this.#ledger.stage.deactivate(scope);
  }

  /** Grants the running test (or what encloses it) an exception. */
  allow(allowance: Allowance): void {
    this.#allowances.grant(allowance, this.#ledger.current()?.answerable ?? this.file);
  }

  /** Ends a test or suite, and judges what it leaves. `suspicious` is told of all it has opened lately, before anything is done about it. */
  async leave(scope: Scope, suspicious?: (opened: readonly Entry[]) => void): Promise<readonly Ruling[]> {
    const startedMs = nowMs();
    const rulings: Ruling[] = [];
    await ticks();
    const isNews = this.#ledger.foreignCloses.giveBack(scope);
    const opened = scope.entries;
    const isLeft = (): boolean => isAnyThing(this.#sweep(scope), this.#knowledge) || scope.requests.areUnderWay();
    if ((await this.#waiting.lingers(isLeft, isNews)) || (this.#isFinal(scope) && scope.entries.length > 0)) {
      suspicious?.(opened);
      await this.#judge(scope, rulings);
    }
    this.#ruleForeignCloses(scope, rulings);
    if (scope.kind === 'test') this.retention.end(scope);
    this.#seal(scope);
    if (this.#options.collectEachTest && scope.kind === 'test') rulings.push(...(await this.retention.judge(scope)));
    const kept = this.#allowances.apply(rulings);
    this.#judgingMs += nowMs() - startedMs;
    return kept;
  }

  /** Ends the file: deferred verdicts fall, the kernel has the last word. `letGo`: the runner drops what it has of the file's code. */
  async finish(letGo?: () => void): Promise<readonly Ruling[]> {
    const startedMs = nowMs();
    const rulings: Ruling[] = [];
    const aftermath = new Aftermath(this.#ledger);
    try {
      await this.#judgeFile(rulings, letGo && this.#probes.lettingGo(letGo, () => this.retention.isAsked));
      rulings.push(...(await this.retention.judge(undefined, this.#reported.count === 0)));
      if (this.#options.cleanUp && this.#reported.count > 0) await aftermath.end(this.#reported.ending);
    } finally {
      this.file.sealed = true;
      this.#stop();
    }
    const kept = [...this.#allowances.apply(rulings), ...this.#allowances.unused()];
    this.#judgingMs += nowMs() - startedMs;
    return kept;
  }

  /** What the harness itself cost so far. */
  get cost(): Cost {
    const { recorded, stacks } = this.#ledger;
    const [setupMs, judgingMs, { waitedMs }] = [this.#setupMs, this.#judgingMs, this.#waiting];
    return { setupMs, judgingMs, waitedMs, recorded, stacks: stacks.count };
  }

  get probes(): readonly string[] {
    return this.#options.probes.map((probe) => probe.name);
  }

  /** Probes that could not do their job, and errors of the ledger itself: any of them makes the gate red. */
  get failures(): readonly ProbeFailure[] {
    const [{ failure }, { failures }] = [this.#ledger, this.#probes];
    return failure === undefined ? failures : [...failures, { probe: 'ledger', why: failure.stack ?? failure.message }];
  }

  /** What the project and the tests let go, and what it was good for. */
  get exceptions(): Allowances {
    return this.#allowances;
  }

  #isFinal(scope: Scope): boolean {
    return scope.final || (this.#options.collectEachTest && scope.kind === 'test');
  }

  async #judge(scope: Scope, rulings: Ruling[]): Promise<void> {
    const hasty = this.#isFinal(scope) ? this.#ledger.holders : undefined;
    if (scope.final) this.#probes.drain();
    if (hasty !== undefined) await collectUntil(() => this.#sweep(scope).length === 0);
    // What a server of `beforeAll` accepted for one test is dropped now, and not looked at again after every other.
    for (let up = scope.parent; up !== undefined; up = up.parent) this.#ledger.byId.tidy(up);
    const deferred: EntryList = scope.kind === 'suite' ? this.#deferred : { entries: [], sweepAt: 0 };
    this.#sweep(deferred);
    const once = (): Look => look(scope, this.#verdicts.wordsFor, this.#knowledge, deferred.entries, hasty);
    await this.#decide(once, rulings, () => this.#lookClosely(once));
  }

  /** A chain that re-arms itself faster than the budget of stacks allows is given the stacks to show its line; a poller, its answer. */
  async #lookClosely(lookOnce: () => Look): Promise<Look> {
    let seen = lookOnce();
    const isUnclear = (): boolean => seen.blind.length > 0 || (seen.underWay && seen.due.length === 0);
    if (!isUnclear()) return seen;
    for (const scope of [this.file, ...seen.blind]) scope.grantStacks();
    await this.#waiting.settle(() => {
      seen = lookOnce();
      return isUnclear() ? (seen.underWay ? 'grace' : 'brief') : 'none';
    });
    return seen;
  }

  async #judgeFile(rulings: Ruling[], letGo?: () => void): Promise<void> {
    const lookAgain = (): Look => lookAtAll(this.#all(), this.#knowledge, this.file);
    if (lookAgain().due.length > 0) this.#probes.drain();
    await this.#decide(lookAgain, rulings, () => this.#lookClosely(lookAgain), letGo);
    // Where others are at work, what the process holds besides is theirs.
    if (this.#options.onlyLineage !== true) await this.#audit(rulings);
  }

  /** Settles what is suspicious, then rules on what is left; what only a collection can tell comes last. */
  async #decide(again: () => Look, rulings: Ruling[], closely: () => Promise<Look>, letGo?: () => void): Promise<void> {
    let seen = await closely();
    if (seen.due.length > 0 || seen.underWay) {
      await this.#waiting.due(again);
      seen = await closely();
    }
    await this.#rule(seen.due, rulings, again);
    const isAsked = seen.collectable.length > 0;
    // A look holds what it saw: none may be kept while asking whether anybody else does.
    seen = NOTHING;
    // What outlives a test in a variable of its file was there for the next one, and goes with the file.
    if (isAsked && letGo !== undefined)
      await this.#rule(await survivors(() => again().collectable.filter(isOfTest)), rulings);
    letGo?.();
    if (isAsked) await this.#rule(await survivors(() => again().collectable), rulings);
  }

  /** What no probe recorded, yet is there. */
  async #audit(rulings: Ruling[]): Promise<void> {
    const sightings = () => {
      const known = this.#all().flatMap((entry) => entry.resource ?? []);
      known.push(...this.#reported.present());
      return this.#probes.audit(known);
    };
    let found = sightings();
    if (found.length === 0) return;
    await this.#waiting.settle(() => {
      found = sightings();
      return found.length > 0 ? 'grace' : 'none';
    });
    this.#ledger.run(this.file, () => {
      for (const sighting of found)
        this.#ledger.openedLater({ scope: this.file, answers: this.file, opening: undefined }, sighting, 'none');
    });
    await this.#rule(lookAtAll(this.#all(), this.#knowledge, this.file).due, rulings);
  }

  readonly #all = (): Entry[] =>
    [this.host, this.file, this.#deferred, this.#ledger.late].flatMap((list) => this.#sweep(list));

  #sweep(list: EntryList): Entry[] {
    list.entries = this.#ledger.byId.sweep(list.entries);
    return list.entries;
  }

  #seal(scope: Scope): void {
    this.#ledger.closings.sealing(this.#sweep(scope));
    scope.seal();
    this.#ledger.stage.deactivate(scope);
    // Reported and kept, it still explains what it holds.
    for (const entry of scope.entries)
      if (!entry.reported || !this.#options.cleanUp) this.#ledger.byId.write(this.#deferred, entry);
    scope.entries = [];
  }

  #ruleForeignCloses(scope: Scope, rulings: Ruling[]): void {
    for (const { entry, identity } of this.#ledger.foreignCloses.takeBy(scope))
      rulings.push(this.#verdicts.foreignClose(suspectOf(entry, identity, this.#knowledge), scope));
  }

  readonly #gather = (due: readonly Suspect[]): readonly Suspect[] =>
    this.#ledger.holders.gather(due, this.#verdicts.wordsFor, this.#knowledge);

  readonly #isLetGo = (roots: () => readonly Suspect[]): boolean =>
    this.#allowances.acceptAll(() => this.#verdicts.rule(roots()));

  /** Makes findings of roots and puts the process back in order. */
  async #rule(due: readonly Suspect[], rulings: Ruling[], lookAgain?: () => Look): Promise<void> {
    const gathered = this.#reported.untold(this.#gather(due));
    // Whosever it is, what fails nobody is not worth a look at the heap.
    const mayTell = !(gathered.every(isOver) && this.#isLetGo(() => gathered)) && this.#outer.mayTell(gathered);
    const roots = byCall(mayTell ? await this.#outer.settle(gathered) : gathered);
    rulings.push(...this.#verdicts.rule(roots));
    // While the heap was asked, what re-arms itself went on: it is the same leak.
    const heirs = mayTell && lookAgain !== undefined ? heirsOf(roots, lookAgain().due) : [];
    await this.#reported.putAllAway([...roots, ...heirs], this.#options.cleanUp);
  }

  #stop(): void {
    this.#ledger.close(this.#reported.count > 0 || !this.#options.cleanUp);
    this.#probes.stop();
    this.retention.clear();
    this.#deferred.entries = [];
    this.#reported.clear();
  }
}
