import type { FSWatcher } from 'node:fs';
import { asObject, nativeLives, slot } from '../engine/native';
import type { Probe, Watch } from '../engine/probe';

const watcher: Watch = {
  state: (resource, asyncId) => (nativeLives(resource, asyncId) ? 'open' : 'released'),
  identify(resource, opening) {
    const owner = asObject(slot(resource, 'owner_symbol')) as FSWatcher | undefined;
    const promised = owner === undefined;
    return {
      kind: 'watcher',
      subject: owner ?? resource,
      ...(promised || opening?.inner === 'node:internal/fs/promises'
        ? { remedy: 'Abort it through the `signal` option' }
        : {}),
      release: () => {
        if (owner !== undefined) owner.close();
        else (resource as { close: () => void }).close();
      },
    };
  },
};

const statWatcher: Watch = {
  state: (resource, asyncId) => (nativeLives(resource, asyncId) ? 'open' : 'released'),
  identify(resource) {
    const owner = asObject(slot(resource, 'owner_symbol')) as { stop?: () => void } | undefined;
    return {
      kind: 'stat-watcher',
      subject: owner ?? resource,
      release: () => owner?.stop?.(),
    };
  },
};

/** `fs.watch`, `fs.promises.watch` and `fs.watchFile`. */
const watchers: Probe = {
  name: 'watchers',
  kinds: {
    watcher: {
      noun: 'a file watcher',
      plural: 'file watchers',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `watcher.close()`',
      pooled: true,
    },
    'stat-watcher': {
      noun: 'a polling file watcher',
      plural: 'polling file watchers',
      opened: 'opened',
      closed: 'stopped',
      remedy: 'Stop it with `fs.unwatchFile(path)`',
      pooled: true,
    },
  },
  asyncTypes: { FSEVENTWRAP: watcher, STATWATCHER: statWatcher },
};

export default watchers;
