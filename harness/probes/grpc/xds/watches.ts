import type { Watch } from '../../../engine/probe';
import type { Wiring } from '../wiring/wiring';
import type { Managers } from './reasons';
import { type ResourceType, shortName, type XdsClient } from './shape';

/** One watcher on one name. The record holds none of the library's objects. */
export interface WatchRecord {
  readonly client: WeakRef<XdsClient>;
  readonly type: WeakRef<ResourceType>;
  readonly watcher: WeakRef<object>;
  /** `LDS`, `RDS`, `CDS`, `EDS`: known when the rest is gone, too. */
  readonly short: string;
  readonly name: string;
}

/** The record of a watch that was started just now. */
export const recordOf = (client: XdsClient, type: ResourceType, name: string, watcher: object): WatchRecord => ({
  client: new WeakRef(client),
  type: new WeakRef(type),
  watcher: new WeakRef(watcher),
  short: shortName(type),
  name,
});

/** Whether a client still has a watcher on a name: its own books, in which a name of an authority lacks the authority. */
function isWatched({ client, type, watcher, name }: WatchRecord): boolean {
  const [at, of, who] = [client.deref(), type.deref(), watcher.deref()];
  if (at === undefined || of === undefined || who === undefined) return false;
  for (const { resourceMap } of at.authorityStateMap.values()) {
    for (const [key, { watchers }] of resourceMap.get(of) ?? []) {
      if ((key === name || name.endsWith(`/${key}`)) && watchers.has(who)) return true;
    }
  }
  return false;
}

/** Watches of LDS, RDS, CDS and EDS, each beneath the one whose news it was started by. */
export const watchesOf = (wiring: Wiring, managers: Managers): Watch => ({
  state: (resource) => (isWatched(resource as WatchRecord) ? 'open' : 'released'),
  identify(resource) {
    const record = resource as WatchRecord;
    const { short, name } = record;
    const [client, type, watcher] = [record.client.deref(), record.type.deref(), record.watcher.deref()];
    const there = isWatched(record) && watcher !== undefined;
    const reason = there ? managers.why(name, watcher) : undefined;
    const why = there ? reason?.text : 'cancelled';
    return {
      kind: 'xds-watch',
      subject: record,
      label: `of ${short} "${name}"`,
      detail: `xDS watch  ${short} ${name}${why === undefined ? '' : `  ${why}`}`,
      ...(reason?.lost === true ? { stranded: true } : {}),
      made: true,
      release() {
        if (client !== undefined && type !== undefined && watcher !== undefined)
          wiring.releasing(() => client.cancelResourceWatch(type, name, watcher));
      },
    };
  },
});
