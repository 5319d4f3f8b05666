import { AsyncLocalStorage, createHook, type HookCallbacks } from 'node:async_hooks';
import type { OwnerKind } from '../model/scope';
import { Entry } from './entry';
import type { Opening, OpeningCamera } from './opening';
import type { Beginning, Identity, Recorder, Sighting, Watch } from './probe';
import type { Scope } from './scope';

/** This many entries of a scope are held weakly from the start; a WeakRef costs four times a timer, so a flood is swept instead. */
const WEAK_ENTRIES = 256;

/** How many stacks are captured: as a budget allows, or all of them. */
export type StackPolicy = 'budget' | 'all';

/** A closing by a scope that had not done the opening. */
export interface ForeignClose {
  readonly entry: Entry;
  readonly by: Scope;
  readonly identity: Identity;
}

const hasUserFrame = (opening: Opening | undefined): boolean =>
  opening?.frames.some((frame) => frame.origin === 'user') ?? false;

/**
 * The book: every opening, whose it is and where it happened. `init` only, no `destroy` hook: whether something was released
 * is asked of the object when a verdict is due, so awaits cost nothing and a timer costs a line in an array.
 */
export class Ledger implements Recorder {
  readonly #lineage = new AsyncLocalStorage<Scope | undefined>();
  readonly #camera: OpeningCamera;
  readonly #watches = new Map<string, Watch>();
  readonly #byId = new Map<number, Entry>();
  readonly #stacks: StackPolicy;
  readonly #hook;
  #muted = 0;
  /** The scope of the file now running; what has no lineage and no other home belongs to it. */
  #file: Scope | undefined;
  /** The file's modules are loading: nothing else runs, so all that appears is theirs. */
  #loading = false;
  /** Tests (or a suite's hook) now running. */
  readonly #active = new Set<Scope>();
  /** Born after their scope was sealed. */
  late: Entry[] = [];
  #lateSweepAt = WEAK_ENTRIES;
  /** What a test closed though an outer scope had opened it. */
  foreignCloses: ForeignClose[] = [];
  recorded = 0;
  stacks = 0;
  /** The first error thrown while recording: the gate is red if there is one. */
  failure: Error | undefined;

  constructor(camera: OpeningCamera, stacks: StackPolicy) {
    this.#camera = camera;
    this.#stacks = stacks;
    const callbacks: HookCallbacks & { trackPromises?: boolean } = { init: this.#init, trackPromises: false };
    this.#hook = createHook(callbacks);
  }

  /** Judges resources of async type `type` by `watch`. */
  watch(type: string, watch: Watch): void {
    this.#watches.set(type, watch);
  }

  /** Begins a file: from here on everything is recorded. */
  open(file: Scope): void {
    this.#file = file;
    this.#loading = true;
    this.#hook.enable();
  }

  /** The file's modules are loaded. */
  loaded(): void {
    this.#loading = false;
  }

  /** Ends a file: nothing is recorded any more, and nothing of it is kept. */
  close(): void {
    this.#hook.disable();
    this.#file = undefined;
    this.#active.clear();
    this.#byId.clear();
    this.late = [];
    this.foreignCloses = [];
    this.#lineage.disable();
  }

  /** `scope` runs: what appears without lineage may be its. */
  activate(scope: Scope): void {
    this.#active.add(scope);
  }

  /** `scope` no longer runs. */
  deactivate(scope: Scope): void {
    this.#active.delete(scope);
  }

  /** Runs `fn` in the context of `scope`; all that descends from it is the scope's. */
  run<T>(scope: Scope, fn: () => T): T {
    return this.#lineage.run(scope, fn);
  }

  /** The scope of the running code, if it has one. */
  current(): Scope | undefined {
    return this.#lineage.getStore();
  }

  /** Runs the harness's own synchronous work: nothing it opens is recorded, and it passes no lineage on. */
  mute<T>(fn: () => T): T {
    this.#muted++;
    try {
      return this.#lineage.exit(fn);
    } finally {
      this.#muted--;
    }
  }

  opened(sighting: Sighting): void {
    if (this.#muted > 0) return;
    this.openedLater(this.beginning(sighting.above), sighting);
  }

  beginning(above?: (...args: never[]) => unknown): Beginning {
    if (this.#muted > 0) return { scope: undefined, opening: undefined };
    const opening = this.#take(above ?? this.beginning);
    return { scope: this.current() ?? (opening?.hostOnly === true ? undefined : this.#window()[0]), opening };
  }

  openedLater(beginning: Beginning, sighting: Sighting): void {
    const scope = beginning.scope as Scope | undefined;
    if (scope === undefined) return;
    const { opening } = beginning;
    this.#enter(
      new Entry(-1, sighting.watch, sighting.resource, sighting.keep !== true, scope, 'lineage', opening, undefined),
    );
  }

  /** Drops what is released from `entries`, in place of a closing hook. */
  sweep(entries: readonly Entry[]): Entry[] {
    const open: Entry[] = [];
    for (const entry of entries) {
      if (entry.state() === 'released') this.#byId.delete(entry.asyncId);
      else open.push(entry);
    }
    return open;
  }

  /** Forgets the entries of a scope that has answered for them. */
  drop(entries: readonly Entry[]): void {
    for (const entry of entries) this.#byId.delete(entry.asyncId);
  }

  readonly #init = (asyncId: number, type: string, triggerAsyncId: number, resource: object): void => {
    const watch = this.#watches.get(type);
    if (watch === undefined || this.#muted > 0) return;
    try {
      const scope = this.#lineage.getStore();
      if (scope === undefined) this.#initUnlined(asyncId, watch, triggerAsyncId, resource);
      else this.#initIn(scope, asyncId, watch, triggerAsyncId, resource);
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
    }
  };

  #initIn(scope: Scope, asyncId: number, watch: Watch, triggerAsyncId: number, resource: object): void {
    const flood = scope.entries.length >= WEAK_ENTRIES;
    const opening =
      watch.transient !== true || this.#stacks === 'all' || scope.budget.spend() ? this.#take(this.#init) : undefined;
    const home = opening?.atImport === true && this.#file !== undefined ? this.#file : scope;
    const weak = !flood || watch.transient !== true;
    this.#enter(
      new Entry(asyncId, watch, resource, weak, home, 'lineage', opening, this.#link(opening, triggerAsyncId)),
    );
  }

  /** Without a store: born natively (an accepted socket), in a callback of one such, while loading, or the runner's own. */
  #initUnlined(asyncId: number, watch: Watch, triggerAsyncId: number, resource: object): void {
    const file = this.#file;
    if (file === undefined) return;
    const parent = this.#byId.get(triggerAsyncId);
    if (parent === undefined && watch.transient === true && this.#stacks !== 'all' && !file.budget.spend()) return;
    const opening = this.#take(this.#init);
    if (opening?.hostOnly === true) return;
    if (parent !== undefined) {
      const via = this.#link(opening, triggerAsyncId);
      this.#enter(new Entry(asyncId, watch, resource, true, parent.scope, 'trigger', opening, via));
      return;
    }
    const [scope, owner] = this.#window();
    if (scope !== undefined) {
      this.#enter(new Entry(asyncId, watch, resource, true, scope, owner, opening, undefined));
    }
  }

  #take(above: (...args: never[]) => unknown): Opening | undefined {
    this.stacks++;
    return this.#camera.take(above);
  }

  /** The nearest ancestor that knows a line of the user's, if the opening itself does not. */
  #link(opening: Opening | undefined, triggerAsyncId: number): Entry | undefined {
    if (opening === undefined || hasUserFrame(opening)) return undefined;
    const parent = this.#byId.get(triggerAsyncId);
    return parent === undefined || hasUserFrame(parent.opening) ? parent : (parent.via ?? parent);
  }

  /** The only scope now running, or the nearest one that surely encloses it. */
  #window(): [Scope | undefined, OwnerKind] {
    if (this.#loading || this.#active.size === 0) return [this.#file, 'window'];
    const [only] = this.#active;
    return this.#active.size === 1 ? [only, 'window'] : [this.#file, 'overlap'];
  }

  #enter(entry: Entry): void {
    this.recorded++;
    if (entry.opening !== undefined && entry.asyncId >= 0) this.#byId.set(entry.asyncId, entry);
    const scope = entry.scope;
    const home = scope.answerable;
    if (entry.late || home.sealed) {
      this.late.push(entry);
      if (this.late.length >= this.#lateSweepAt) {
        this.late = this.sweep(this.late);
        this.#lateSweepAt = Math.max(WEAK_ENTRIES, this.late.length * 2);
      }
      return;
    }
    if (entry.watch.guard !== undefined && home.kind !== 'test') this.#guard(entry, home);
    home.entries.push(entry);
    if (home.entries.length >= home.sweepAt) {
      home.entries = this.sweep(home.entries);
      home.sweepAt = Math.max(WEAK_ENTRIES * 2, home.entries.length * 2);
    }
  }

  /** Watches who closes what an outer scope opened: lineage at the very call, not a window. */
  #guard(entry: Entry, home: Scope): void {
    const resource = entry.resource;
    if (resource === undefined) return;
    entry.watch.guard?.(resource, () => {
      const by = this.current()?.answerable;
      if (by === undefined || by === home || by.kind !== 'test') return;
      const identity = entry.watch.identify(resource, entry.opening);
      if (identity !== undefined) this.foreignCloses.push({ entry, by, identity });
    });
  }
}
