import type { Watch } from '../../../engine/probe';
import type { Managers } from './reasons';
import { type ResourceType, resourceName, shortName, type XdsClient } from './shape';

/** One watcher on one name. The record holds none of the library's objects. */
export interface WatchRecord {
  readonly client: WeakRef<XdsClient>;
  readonly type: WeakRef<ResourceType>;
  readonly watcher: WeakRef<object>;
  readonly name: string;
}

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

/** Watches of LDS, RDS, CDS and EDS, each beneath the one that led to it. */
export const watchesOf = (managers: Managers): Watch => ({
  state: (resource) => (isWatched(resource as WatchRecord) ? 'open' : 'released'),
  identify(resource) {
    const record = resource as WatchRecord;
    const [client, type, watcher] = [record.client.deref(), record.type.deref(), record.watcher.deref()];
    if (client === undefined || type === undefined || watcher === undefined) return undefined;
    const reason = managers.why(record.name, watcher);
    const named = resourceName(type, record.name);
    return {
      kind: 'xds-watch',
      subject: record,
      label: `of ${named}`,
      detail: `xDS watch  ${shortName(type)} ${record.name}${reason === undefined ? '' : `  ${reason.text}`}`,
      ...(reason?.lost === true ? { stranded: true } : {}),
      made: true,
      release: () => client.cancelResourceWatch(type, record.name, watcher),
    };
  },
});
