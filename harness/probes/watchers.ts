import { type FSWatcher, unwatchFile, watch, watchFile } from 'node:fs';
import { dirname } from 'node:path';
import { asObject, field, nativeState, slot } from '../engine/native';
import type { Opening } from '../engine/opening';
import type { Probe, Watch } from '../engine/probe';
import { userPlace } from '../model/frame';
import { type StartedPaths, startedPaths } from './handles/started-path';

const LEAVE_LOOP =
  'Leave its loop with `break`, call `return()` on its iterator, or abort it through the `signal` option,';

/** As it was before any test replaced it. */
const forget = unwatchFile;

let paths: readonly StartedPaths[] = [];
/** A handle of each native class, kept for its prototype. */
let samples: readonly object[] | undefined;

const pathOf = (handle: object): string | undefined =>
  paths.map((each) => each.of(handle)).find((path) => path !== undefined);
const labelOf = (path: string | undefined): string => (path === undefined ? '' : `on ${path}`);

const placeOf = (opening: Opening | undefined): string => userPlace(opening?.frames ?? []);

/** Watchers met so far, by line and path: on Linux a recursive one is a watcher for each folder, all of one call. */
const met = new Map<string, WeakRef<object>>();

/** The watcher of the nearest folder around `path` that the same call made. */
function outerOf(place: string, path: string): object | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const outer = met.get(`${place} ${folder}`)?.deref();
    if (outer !== undefined || folder === dirname(folder)) return outer;
  }
}

const watcher: Watch = {
  state: nativeState,
  identify(resource, opening) {
    const owner = asObject(slot(resource, 'owner_symbol')) as FSWatcher | undefined;
    const subject = owner ?? resource;
    const promised = owner === undefined || opening?.inner === 'node:internal/fs/promises';
    const path = pathOf(resource);
    const place = placeOf(opening);
    const outer = path === undefined || place === '' ? undefined : outerOf(place, path);
    if (path !== undefined) met.set(`${place} ${path}`, new WeakRef(subject));
    return {
      kind: 'watcher',
      subject,
      label: labelOf(path),
      parents: outer === undefined || outer === subject ? [] : [outer],
      ...(promised ? { remedy: LEAVE_LOOP } : {}),
      release: () => {
        if (owner !== undefined) owner.close();
        else (resource as { close: () => void }).close();
      },
    };
  },
  lasting: {
    of: (resource) => asObject(slot(resource, 'owner_symbol')),
    isOver: (thing) => field(thing, '_handle') === null,
    describe: () => ({ kind: 'watcher' }),
  },
};

const statWatcher: Watch = {
  state: nativeState,
  identify(resource) {
    const owner = asObject(slot(resource, 'owner_symbol')) as { stop?: () => void } | undefined;
    const path = pathOf(resource);
    return {
      kind: 'stat-watcher',
      subject: owner ?? resource,
      label: labelOf(path),
      release: () => {
        // Stopped alone, it would be what `fs` gives to the next who watches this path, and tell them nothing.
        if (path !== undefined) forget(path);
        owner?.stop?.();
      },
    };
  },
};

/** Once a process: Node does not hand out its native classes, only instances of them. */
function sampleHandles(): readonly object[] {
  const handles: object[] = [];
  const listener = (): void => {};
  try {
    const event = watch(__filename);
    handles.push(asObject(field(event, '_handle')) ?? []);
    event.close();
    const stat = watchFile(__filename, { persistent: false }, listener);
    handles.push(asObject(field(stat, '_handle')) ?? []);
    forget(__filename, listener);
  } catch {
    // The system allows no more watchers: there will be none to tell apart either.
  }
  return handles;
}

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
  start() {
    samples ??= sampleHandles();
    paths = samples.map(startedPaths);
    return {
      stop() {
        for (const each of paths) each.stop();
        paths = [];
        met.clear();
      },
    };
  },
};

export default watchers;
