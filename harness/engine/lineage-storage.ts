import { AsyncLocalStorage, AsyncResource, executionAsyncResource } from 'node:async_hooks';
import type { Lineage, Scope } from './scope';

type Store = Lineage | undefined;
type Carried = Record<symbol, Store>;

/** Carries a scope along with the code that runs in it. */
export type LineageStorage = AsyncLocalStorage<Store>;

/**
 * One for Node 20 and 22, where every promise passes through a method that all storages inherit. The engine keeps that fast as
 * long as there is one storage, and Jest has the first: a second makes an `await` half as dear again. So what runs that often is
 * this class's own (`lib/async_hooks.js` and `lib/internal/async_local_storage/async_hooks.js` have what it stands for), and one
 * storage serves all files.
 */
class HookedStorage extends AsyncLocalStorage<Store> {
  declare readonly enabled: boolean;
  declare readonly kResourceStore: symbol;
  #host: Scope | undefined;

  /** Serves the file whose outermost scope is `host`: what work of an earlier file still carries counts for nothing. */
  serve(host: Scope | undefined): void {
    this.#host = host;
  }

  _propagate(resource: Carried, current: Carried): void {
    const key = this.kResourceStore;
    if (this.enabled) resource[key] = current[key];
  }

  override getStore(): Store {
    const store = this.enabled ? (executionAsyncResource() as Carried)[this.kResourceStore] : undefined;
    return store !== undefined && store.scope.host === this.#host ? store : undefined;
  }
}

/** Whether this Node's storages work as `HookedStorage` takes them to: by trial, for none of it is documented. */
function isHooked(host: Scope): boolean {
  const { _propagate } = AsyncLocalStorage.prototype as { readonly _propagate?: unknown };
  if (typeof _propagate !== 'function') return false;
  const storage = new HookedStorage();
  storage.serve(host);
  const later = storage.run(host.lineage, () => new AsyncResource('LEAKGATE'));
  const carried = later.runInAsyncScope(() => [storage.getStore(), AsyncLocalStorage.prototype.getStore.call(storage)]);
  const ended = storage.getStore();
  storage.disable();
  return carried.every((store) => store === host.lineage) && ended === undefined;
}

let hooked: boolean | undefined;
let spare: HookedStorage | undefined;

/** A storage for the file whose outermost scope is `host`. */
export function takeStorage(host: Scope): LineageStorage {
  hooked ??= isHooked(host);
  if (!hooked) return new AsyncLocalStorage();
  const storage = spare ?? new HookedStorage();
  spare = undefined;
  storage.serve(host);
  return storage;
}

/** The file is over, and so is all its work: the next may have its storage. */
export function giveBack(storage: LineageStorage): void {
  storage.disable();
  if (!(storage instanceof HookedStorage)) return;
  storage.serve(undefined);
  spare = storage;
}
