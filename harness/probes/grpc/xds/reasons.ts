import { asObject, field } from '../../../engine/native';

/**
 * What an `XdsDependencyManager` (1.13 and later) goes by: one for each xDS channel. It starts every watch of its channel's, and no
 * one else ever cancels them.
 */
interface Manager {
  readonly listenerResourceName?: string;
  readonly ldsWatcher?: object;
  readonly rdsWatcher?: object;
  readonly latestRouteConfigName?: string | null;
  readonly clusterRoots?: readonly string[];
  readonly subscribedClusters?: Readonly<Record<string, number>>;
  readonly clusterForest?: Readonly<Record<string, ClusterEntry>>;
}

interface ClusterEntry {
  readonly watcher?: object;
  readonly children?: readonly string[];
}

/** Why a watch is still there. `lost`: what started it knows it no longer, so nobody will ever cancel it. */
export interface Reason {
  readonly text: string;
  readonly lost: boolean;
}

const endpointsOf = (entry: ClusterEntry): { readonly edsServiceName?: string; readonly watcher?: object } => {
  const update = asObject(field(entry, 'latestUpdate'));
  const value = update === undefined ? undefined : asObject(field(update, 'value'));
  return value ?? {};
};

function whyCluster(manager: Manager, name: string): string {
  const forest = Object.entries(manager.clusterForest ?? {});
  if (manager.clusterRoots?.includes(name) === true) return `named by RDS "${manager.latestRouteConfigName}"`;
  const aggregate = forest.find(([, entry]) => entry.children?.includes(name) === true);
  if (aggregate !== undefined) return `named by CDS "${aggregate[0]}"`;
  // By design: calls may still be on their way there, until the channel has other routes, or is closed.
  return 'kept for the routes the channel had last';
}

/** Why `manager` watches `name` through `watcher`; `undefined` if it does not. */
function whyOf(manager: Manager, name: string, watcher: object): string | undefined {
  if (watcher === manager.ldsWatcher)
    return name === manager.listenerResourceName ? 'asked for by its channel' : undefined;
  if (watcher === manager.rdsWatcher) {
    return name === manager.latestRouteConfigName ? `named by LDS "${manager.listenerResourceName}"` : undefined;
  }
  for (const [cluster, entry] of Object.entries(manager.clusterForest ?? {})) {
    if (entry.watcher === watcher) return cluster === name ? whyCluster(manager, name) : undefined;
    const endpoints = endpointsOf(entry);
    if (endpoints.watcher === watcher)
      return endpoints.edsServiceName === name ? `named by CDS "${cluster}"` : undefined;
  }
  return undefined;
}

/** The managers of a test file, held weakly, and which watchers are theirs. */
export class Managers {
  readonly #alive = new Map<object, WeakRef<Manager>>();
  readonly #destroyed = new WeakSet<object>();
  readonly #keys = new WeakMap<object, object>();
  readonly #ofWatcher = new WeakMap<object, WeakRef<Manager>>();
  readonly #resolving: ((module: string) => boolean)[] = [];

  /** A copy resolves names; `besides` tells whether a module of it is loaded. Before 1.13 each part watches for itself, and none says for what. */
  resolving(besides: (module: string) => boolean): void {
    this.#resolving.push(besides);
  }

  /** A manager is at work: what it watches through now is its own. */
  note(manager: object): void {
    if (this.#destroyed.has(manager)) return;
    const at = manager as Manager;
    const ref = this.#refTo(at);
    for (const watcher of [at.ldsWatcher, at.rdsWatcher]) if (watcher !== undefined) this.#ofWatcher.set(watcher, ref);
  }

  /** A manager is done: from now on nothing it has started may be left. */
  destroyed(manager: object): void {
    this.note(manager);
    this.#destroyed.add(manager);
    const key = this.#keys.get(manager);
    if (key !== undefined) this.#alive.delete(key);
  }

  /** A watch was started: whose it is can be told now, and no more when it has been forgotten. */
  started(name: string, watcher: object): void {
    for (const [key, ref] of this.#alive) {
      const manager = ref.deref();
      if (manager === undefined) this.#alive.delete(key);
      else if (whyOf(manager, name, watcher) !== undefined) this.#ofWatcher.set(watcher, ref);
    }
  }

  /** Why a watch is there; `undefined` if it is no manager's: a server's, or a user's own. */
  why(name: string, watcher: object): Reason | undefined {
    const ref = this.#ofWatcher.get(watcher);
    if (ref === undefined) {
      const tells = this.#resolving.every((besides) => besides('xds-dependency-manager'));
      return tells ? undefined : { text: 'unproven: this version does not tell what names it', lost: false };
    }
    const manager = ref.deref();
    if (manager === undefined || this.#destroyed.has(manager)) {
      return { text: 'its channel is gone: nothing names it any more', lost: true };
    }
    const text = whyOf(manager, name, watcher);
    return text === undefined ? { text: 'nothing names it any more', lost: true } : { text, lost: false };
  }

  #refTo(manager: Manager): WeakRef<Manager> {
    const known = this.#keys.get(manager);
    const ref = known === undefined ? undefined : this.#alive.get(known);
    if (ref !== undefined) return ref;
    const key = {};
    const made = new WeakRef(manager);
    this.#keys.set(manager, key);
    this.#alive.set(key, made);
    return made;
  }
}
