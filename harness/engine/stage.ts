import { AsyncResource, executionAsyncId } from 'node:async_hooks';
import type { OwnerKind } from '../model/scope';
import { beginFile, functionsOf, isEldersCode, isEldersWork, retireFunctions } from './elders';
import type { Scope } from './scope';

/** Who is running: to whom it falls what appears without lineage. */
export class Stage {
  readonly #onlyLineage: boolean;
  /** The file now running; what has no other home belongs to it. */
  file: Scope | undefined;
  /** The file's modules are loading: nothing else runs, so all that appears is theirs. */
  #loading = false;
  /** Contexts with a lower id are older than the file: a global set-up's, an earlier file's. */
  #firstId = 0;
  /** The context the file was begun in: what goes on in it is the file's. */
  #ownId = 0;
  /** What the functions of the file's own realm have in common. */
  #functions: object | undefined;
  /** Tests (or a suite's hook) now running. */
  readonly #active = new Set<Scope>();

  /** @param onlyLineage take nothing for a scope's merely because it appeared while the scope ran */
  constructor(onlyLineage: boolean) {
    this.#onlyLineage = onlyLineage;
  }

  /**
   * A file begins: its modules load.
   * @param keeps it leaves its work as it is
   * @param global that of its code
   */
  open(file: Scope, keeps: boolean, global: object): void {
    this.file = file;
    this.#functions = functionsOf(global);
    if (!this.#onlyLineage) beginFile(file.id, keeps);
    this.#loading = true;
    this.#ownId = executionAsyncId();
    this.#firstId = new AsyncResource('LEAKGATE').asyncId();
  }

  /** The file's modules are loaded. */
  loaded(): void {
    this.#loading = false;
  }

  /** The file is over. */
  close(): void {
    this.file = undefined;
    retireFunctions(this.#functions);
    this.#active.clear();
  }

  /** `scope` runs: what appears without lineage may be its. */
  activate(scope: Scope): void {
    this.#active.add(scope);
  }

  /** `scope` no longer runs. */
  deactivate(scope: Scope): void {
    this.#active.delete(scope);
  }

  /** The only scope now running, or the nearest one that surely encloses it. */
  window(): [Scope | undefined, OwnerKind] {
    if (this.#onlyLineage) return [undefined, 'window'];
    if (this.#loading || this.#active.size === 0) return [this.file, 'window'];
    const [only] = this.#active;
    return this.#active.size === 1 ? [only, 'window'] : [this.file, 'overlap'];
  }

  /** Nobody else is at work: one scope at the most is running. */
  get isQuiet(): boolean {
    return !this.#onlyLineage && this.#active.size <= 1;
  }

  /** The runner's own scope: of its plug-ins' and a global set-up's doings, for which nobody answers here. */
  get outside(): Scope | undefined {
    return this.file?.parent;
  }

  /**
   * Whether a context began before the file did, or descends from work of an earlier file.
   * @param callback what was armed in it, if that is a function: one of an earlier file's realm is that file's
   */
  isOlder(asyncId: number, callback?: unknown): boolean {
    if (isEldersCode(callback)) return true;
    if (isEldersWork(this.#onlyLineage ? undefined : this.file?.id)) return true;
    return !this.#loading && asyncId > 0 && asyncId < this.#firstId && asyncId !== this.#ownId;
  }
}
