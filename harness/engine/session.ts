import type { Finding, FindingKind } from '../model/finding';
import { fingerprint } from '../model/fingerprint';
import { packageOf } from '../model/frame';
import type { Cost, ProbeFailure } from '../model/report';
import type { Lexicon, Thing } from '../model/resource';
import type { Allowance } from '../model/rule';
import { covers } from '../model/rule';
import type { ScopeKind } from '../model/scope';
import { say } from '../model/sentence';
import { nowMs } from './clock';
import type { Entry } from './entry';
import { collectUntil } from './gc';
import { type Look, look, lookAtAll } from './judge';
import { Ledger } from './ledger';
import { type FileClassifier, OpeningCamera } from './opening';
import type { ActiveProbe, Probe, Realm } from './probe';
import { Scope } from './scope';
import { settle } from './settle';
import { type Suspect, scopeOf, suspectsAmong, traceOf } from './suspect';

/** Everything a session of one test file needs to know. */
export interface SessionOptions {
  /** Absolute path of the test file. */
  readonly file: string;
  /** Project root: fingerprints name files relative to it. */
  readonly rootDir: string;
  readonly realm: Realm;
  readonly classifier: FileClassifier;
  readonly probes: readonly Probe[];
  /** How long a suspect may take to close, in milliseconds. */
  readonly graceMs: number;
  /** Capture every stack, whatever it costs. */
  readonly everyStack: boolean;
  /** Collect and judge everything after every test, deferred verdicts too. */
  readonly collectEachTest: boolean;
  /** Whether to release what was reported, so that later tests stand on clean ground. */
  readonly cleanUp: boolean;
  readonly allow: readonly Allowance[];
}

/** A verdict with the run-time scope it falls on. */
export interface Ruling {
  readonly scope: Scope;
  readonly finding: Finding;
}

interface GrantedAllowance {
  readonly allowance: Allowance;
  readonly scope: Scope;
  used: boolean;
}

const UNKNOWN: Lexicon = {
  noun: 'a resource',
  plural: 'resources',
  opened: 'opened',
  closed: 'released',
  remedy: 'Release it',
  pooled: false,
};

/** The accounts of one test file: scopes are entered and left, and leaving one says what it left behind. */
export class Session {
  readonly file: Scope;
  readonly #ledger: Ledger;
  readonly #options: SessionOptions;
  readonly #lexicons = new Map<string, Lexicon>();
  readonly #running: { readonly probe: Probe; readonly active: ActiveProbe }[] = [];
  readonly #failures: ProbeFailure[] = [];
  readonly #granted: GrantedAllowance[] = [];
  readonly #usedReasons = new Set<string>();
  #deferred: Entry[] = [];
  #allowed = 0;
  #setupMs = 0;
  #judgingMs = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.file = new Scope('file', '', undefined, options.file);
    this.#ledger = new Ledger(new OpeningCamera(options.classifier), options.everyStack ? 'all' : 'budget');
  }

  /** Starts every probe and begins to record. A probe that throws is named in `failures`, and the run is red. */
  start(): void {
    const startedMs = nowMs();
    this.#ledger.mute(() => {
      for (const probe of this.#options.probes) {
        for (const [kind, words] of Object.entries(probe.kinds)) this.#lexicons.set(kind, words);
        for (const [type, watch] of Object.entries(probe.asyncTypes ?? {})) this.#ledger.watch(type, watch);
        try {
          const active = probe.start?.(this.#ledger, this.#options.realm);
          if (active !== undefined) this.#running.push({ probe, active });
        } catch (error) {
          this.#failures.push({ probe: probe.name, why: error instanceof Error ? error.message : String(error) });
        }
      }
    });
    this.#ledger.open(this.file);
    this.#setupMs = nowMs() - startedMs;
  }

  /** The file's modules are loaded; from now on what appears belongs to who runs. */
  loaded(): void {
    this.#ledger.loaded();
  }

  /** A new scope beneath `parent`. */
  enter(kind: ScopeKind, name: string, parent: Scope, hook?: string): Scope {
    const scope = new Scope(kind, name, parent, this.file.file, hook);
    if (kind === 'test') this.#ledger.activate(scope);
    return scope;
  }

  /** Runs `fn` as part of `scope`. */
  run<T>(scope: Scope, fn: () => T): T {
    return this.#ledger.run(scope, fn);
  }

  /** While a suite's hook runs, what appears without lineage is the suite's. */
  during(scope: Scope, running: boolean): void {
    if (running) this.#ledger.activate(scope);
    else this.#ledger.deactivate(scope);
  }

  /** Grants the running test (or what encloses it) an exception. */
  allow(allowance: Allowance): void {
    this.#granted.push({ allowance, scope: this.#ledger.current()?.answerable ?? this.file, used: false });
  }

  /** Ends a test or suite: what it leaves behind is settled and judged. */
  async leave(scope: Scope): Promise<readonly Ruling[]> {
    const startedMs = nowMs();
    const rulings: Ruling[] = [];
    scope.entries = this.#ledger.sweep(scope.entries);
    if (scope.entries.length > 0) await this.#judge(scope, rulings);
    this.#ruleForeignCloses(scope, rulings);
    this.#seal(scope);
    const kept = this.#withAllowances(rulings);
    this.#judgeAllowancesOf(scope, kept);
    this.#judgingMs += nowMs() - startedMs;
    return kept;
  }

  /** Ends the file: deferred verdicts fall, late births are judged, the kernel has the last word. Records nothing afterwards. */
  async finish(): Promise<readonly Ruling[]> {
    const startedMs = nowMs();
    const rulings: Ruling[] = [];
    try {
      await this.#judgeFile(rulings);
    } finally {
      this.file.sealed = true;
      this.#stop();
    }
    const kept = this.#withAllowances(rulings);
    this.#judgeAllowancesOf(this.file, kept);
    this.#judgingMs += nowMs() - startedMs;
    return kept;
  }

  /** What the harness itself cost so far. */
  get cost(): Cost {
    const { recorded, stacks } = this.#ledger;
    return { setupMs: this.#setupMs, judgingMs: this.#judgingMs, recorded, stacks };
  }

  get probes(): readonly string[] {
    return this.#options.probes.map((probe) => probe.name);
  }

  /** Probes that could not do their job, and errors of the ledger itself: any of them makes the gate red. */
  get failures(): readonly ProbeFailure[] {
    const { failure } = this.#ledger;
    return failure === undefined
      ? this.#failures
      : [...this.#failures, { probe: 'ledger', why: failure.stack ?? failure.message }];
  }

  /** How many findings an allowance covered. */
  get allowed(): number {
    return this.#allowed;
  }

  /** Reasons of the configured allowances that covered something. */
  get usedAllowances(): readonly string[] {
    return [...this.#usedReasons];
  }

  readonly #words = (kind: string): Lexicon => this.#lexicons.get(kind) ?? UNKNOWN;

  async #judge(scope: Scope, rulings: Ruling[]): Promise<void> {
    let seen = look(scope, this.#words);
    if (seen.due.length > 0) {
      await settle(() => {
        seen = look(scope, this.#words);
        return seen.due.length > 0;
      }, this.#options.graceMs);
    }
    this.#rule(seen.due, 'leak', rulings);
    if (seen.collectable.length === 0) return;
    await collectUntil(() => {
      seen = look(scope, this.#words);
      return seen.collectable.length === 0;
    });
    this.#rule(seen.collectable, 'leak', rulings);
  }

  async #judgeFile(rulings: Ruling[]): Promise<void> {
    let seen = this.#lookAtAll();
    if (seen.due.length > 0) {
      this.#drain();
      await settle(() => {
        seen = this.#lookAtAll();
        return seen.due.length > 0;
      }, this.#options.graceMs);
    }
    this.#rule(seen.due, 'leak', rulings);
    if (seen.collectable.length > 0) {
      await collectUntil(() => {
        seen = this.#lookAtAll();
        return seen.collectable.length === 0;
      });
      this.#rule(seen.collectable, 'leak', rulings);
    }
    await this.#audit(rulings);
  }

  /** What no probe recorded, yet is there. */
  async #audit(rulings: Ruling[]): Promise<void> {
    const sightings = () => {
      const known = this.#all().flatMap((entry) => entry.resource ?? []);
      return this.#running.flatMap(({ active }) => active.audit?.(known) ?? []);
    };
    let found = sightings();
    if (found.length === 0) return;
    await settle(() => {
      found = sightings();
      return found.length > 0;
    }, this.#options.graceMs);
    this.#ledger.run(this.file, () => {
      for (const sighting of found) this.#ledger.openedLater({ scope: this.file, opening: undefined }, sighting);
    });
    this.#rule(this.#lookAtAll().due, 'leak', rulings);
  }

  #all(): Entry[] {
    this.#deferred = this.#ledger.sweep(this.#deferred);
    this.file.entries = this.#ledger.sweep(this.file.entries);
    this.#ledger.late = this.#ledger.sweep(this.#ledger.late);
    return [...this.file.entries, ...this.#deferred, ...this.#ledger.late];
  }

  #lookAtAll(): Look {
    return lookAtAll(this.#all());
  }

  #drain(): void {
    for (const { probe, active } of this.#running) {
      try {
        this.#ledger.mute(() => active.drain?.());
      } catch (error) {
        this.#failures.push({ probe: probe.name, why: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  #seal(scope: Scope): void {
    scope.sealed = true;
    this.#ledger.deactivate(scope);
    this.#deferred.push(...scope.entries.filter((entry) => !entry.reported));
    scope.entries = [];
    if (this.#deferred.length > this.#sweepDeferredAt) {
      this.#deferred = this.#ledger.sweep(this.#deferred);
      this.#sweepDeferredAt = Math.max(1024, this.#deferred.length * 2);
    }
  }

  #sweepDeferredAt = 1024;

  #ruleForeignCloses(scope: Scope, rulings: Ruling[]): void {
    const mine = this.#ledger.foreignCloses.filter(({ by }) => by === scope);
    if (mine.length === 0) return;
    this.#ledger.foreignCloses = this.#ledger.foreignCloses.filter(({ by }) => by !== scope);
    for (const { entry, identity } of mine) {
      const suspect: Suspect = { subject: identity.subject, identity, entries: [entry], owns: [], parent: undefined };
      rulings.push({ scope, finding: this.#finding('foreign-close', [suspect], scopeOf(suspect)) });
    }
  }

  /** Makes findings of roots, alike ones counted together, and puts the process back in order. */
  #rule(roots: readonly Suspect[], kind: FindingKind, rulings: Ruling[]): void {
    const groups = new Map<string, Suspect[]>();
    for (const root of roots) {
      const entry = root.entries[0] as Entry;
      const actual = kind === 'leak' ? this.#kindOf(entry) : kind;
      const key = `${scopeOf(root).id} ${actual} ${this.#fingerprint(actual, root)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [root]);
      else group.push(root);
    }
    for (const group of groups.values()) {
      const root = group[0] as Suspect;
      const entry = root.entries[0] as Entry;
      const scope = scopeOf(root);
      rulings.push({ scope, finding: this.#finding(kind === 'leak' ? this.#kindOf(entry) : kind, group, scope) });
      for (const each of group) this.#close(each);
    }
  }

  #kindOf(entry: Entry): FindingKind {
    if (entry.owner === 'overlap') return 'unproven';
    return entry.late ? 'late' : 'leak';
  }

  #fingerprint(kind: FindingKind, root: Suspect): string {
    const trace = traceOf(root.entries[0] as Entry);
    return fingerprint({ findingKind: kind, kind: root.identity.kind, trace, rootDir: this.#options.rootDir });
  }

  #finding(kind: FindingKind, group: readonly Suspect[], scope: Scope): Finding {
    const root = group[0] as Suspect;
    const entry = root.entries[0] as Entry;
    const trace = traceOf(entry);
    const openedAt = trace.find((frame) => frame.origin === 'user');
    const first = trace[0];
    const openedBy = first?.origin === 'library' ? packageOf(first.file) : undefined;
    const thing = this.#thing(root, new Set());
    const hook = entry.scope.hook;
    const ref = hook === undefined || entry.scope.answerable !== scope ? scope.ref() : entry.scope.ref();
    const words = this.#words(root.identity.kind);
    const { remedy } = root.identity;
    const saying = { kind, scope: ref, root: thing, words, count: group.length };
    return {
      kind,
      scope: ref,
      owner: entry.owner,
      root: thing,
      count: group.length,
      ...(openedAt === undefined ? {} : { openedAt }),
      trace,
      ...(openedBy === undefined ? {} : { openedBy }),
      fingerprint: this.#fingerprint(kind, root),
      message: say(remedy === undefined ? saying : { ...saying, remedy }),
    };
  }

  #thing(suspect: Suspect, seen: Set<Suspect>): Thing {
    seen.add(suspect);
    const { identity } = suspect;
    const openedAt = traceOf(suspect.entries[0] as Entry).find((frame) => frame.origin === 'user');
    return {
      kind: identity.kind,
      noun: this.#words(identity.kind).noun,
      label: identity.label ?? '',
      facts: identity.facts ?? {},
      ...(openedAt === undefined ? {} : { openedAt }),
      owns: suspect.owns.filter((owned) => !seen.has(owned)).map((owned) => this.#thing(owned, seen)),
    };
  }

  /** Marks a root and all beneath it as reported; releases them unless leftovers are to be kept. */
  #close(root: Suspect): void {
    for (const entry of root.entries) entry.reported = true;
    if (this.#options.cleanUp) {
      try {
        this.#ledger.mute(() => root.identity.release?.());
      } catch {
        // What resists is left as it is: it was reported, and forcing it could only harm the tests that follow.
      }
    }
    for (const owned of root.owns) this.#close(owned);
    if (this.#options.cleanUp) for (const entry of root.entries) entry.forget();
  }

  #withAllowances(rulings: readonly Ruling[]): Ruling[] {
    return rulings.filter(({ scope, finding }) => {
      for (const granted of this.#granted) {
        if (!encloses(granted.scope, scope) || !covers(granted.allowance, finding)) continue;
        granted.used = true;
        this.#allowed++;
        return false;
      }
      const configured = this.#options.allow.find((allowance) => covers(allowance, finding));
      if (configured === undefined) return true;
      this.#usedReasons.add(configured.reason);
      this.#allowed++;
      return false;
    });
  }

  /**
   * An allowance that matched nothing is itself reported. Only at the end of the file can that be said: verdicts may be deferred.
   */
  #judgeAllowancesOf(scope: Scope, rulings: Ruling[]): void {
    if (scope !== this.file) return;
    for (const { allowance, scope: owner, used } of this.#granted) {
      if (used) continue;
      const named = allowance.kind ?? allowance.package ?? allowance.file ?? allowance.fingerprint ?? 'any kind';
      const root: Thing = { kind: 'allowance', noun: named, label: `("${allowance.reason}")`, facts: {}, owns: [] };
      const ref = owner.ref();
      rulings.push({
        scope: owner,
        finding: {
          kind: 'unused-allow',
          scope: ref,
          owner: 'lineage',
          root,
          count: 1,
          trace: [],
          fingerprint: fingerprint({
            findingKind: 'unused-allow',
            kind: named,
            trace: [],
            rootDir: this.#options.rootDir,
          }),
          message: say({ kind: 'unused-allow', scope: ref, root, words: UNKNOWN, count: 1 }),
        },
      });
    }
  }

  #stop(): void {
    this.#ledger.close();
    for (const { probe, active } of this.#running) {
      try {
        active.stop();
      } catch (error) {
        this.#failures.push({ probe: probe.name, why: error instanceof Error ? error.message : String(error) });
      }
    }
    this.#running.length = 0;
    this.#deferred = [];
  }

  /** Everything live in any scope, for tests of the harness. */
  live(): readonly Suspect[] {
    return suspectsAmong(this.#all());
  }
}

function encloses(outer: Scope, inner: Scope): boolean {
  for (let scope: Scope | undefined = inner; scope !== undefined; scope = scope.parent)
    if (scope === outer) return true;
  return false;
}
