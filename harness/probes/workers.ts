import { channel } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { asObject, asyncIdOf, nativeState, slot } from '../engine/native';
import type { Opening } from '../engine/opening';
import type { Probe, Watch } from '../engine/probe';

interface WorkerHandle {
  readonly threadId: number;
  stopThread(): void;
  unref(): void;
}

/** By its handle: it lets go of that when it ends. */
const workersByHandle = new WeakMap<object, WeakRef<Worker>>();

/** Node announces each worker it starts. */
const noteWorker = (message: unknown): void => {
  const started = (message as { readonly worker: Worker }).worker;
  const handle = asObject(slot(started, 'kHandle'));
  if (handle !== undefined) workersByHandle.set(handle, new WeakRef(started));
};

const worker: Watch = {
  state: nativeState,
  identify(resource) {
    const handle = resource as unknown as WorkerHandle;
    return {
      kind: 'worker',
      subject: resource,
      label: `(thread ${handle.threadId})`,
      facts: { threadId: handle.threadId },
      release: () => {
        handle.stopThread();
      },
      // Its port to us has a hold of its own, and is let go of with it.
      unref: () => (workersByHandle.get(resource)?.deref() ?? handle).unref(),
    };
  },
  lasting: {
    of: (resource) => workersByHandle.get(resource)?.deref(),
    isOver: (thing) => (thing as Worker).threadId === -1,
    describe: () => ({ kind: 'worker' }),
  },
};

/** Node makes ports for its own use (a worker's channels, `structuredClone`); the user's come straight from a constructor. */
const isOwn = (opening: Opening | undefined): boolean =>
  opening !== undefined &&
  opening.inner !== undefined &&
  !(opening.inner === 'node:internal/worker/io' && opening.innerFn === 'BroadcastChannel');

/** First port of a channel, which makes two at once. */
interface FirstPort {
  readonly port: WeakRef<object>;
  readonly opening: Opening | undefined;
  /** Async id of the second. */
  second?: number;
}

/** Those met so far, by async id. */
const firstPorts = new Map<number, FirstPort>();

/** So many ids may lie between the two: to note the first takes a promise or two of the harness's own. */
const BETWEEN = 8;

const samePlace = (one: Opening | undefined, other: Opening | undefined): boolean => {
  const [a, b] = [one?.frames[0], other?.frames[0]];
  return a !== undefined && b !== undefined && a.file === b.file && a.line === b.line && a.column === b.column;
};

/** The first port of the channel whose second one `port` is. */
function firstOf(port: object, opening: Opening | undefined): object | undefined {
  const id = asyncIdOf(port);
  for (let before = id - 1; before >= id - BETWEEN && !firstPorts.has(id); before--) {
    const first = firstPorts.get(before);
    if (first === undefined || (first.second ?? id) !== id || !samePlace(first.opening, opening)) continue;
    first.second = id;
    return first.port.deref();
  }
  if (firstPorts.has(id)) return undefined;
  firstPorts.set(id, { port: new WeakRef(port), opening });
  return undefined;
}

const port: Watch = {
  state: nativeState,
  identify(resource, opening) {
    if (isOwn(opening)) return undefined;
    const broadcast = opening?.inner !== undefined;
    const first = broadcast ? undefined : firstOf(resource, opening);
    return {
      kind: broadcast ? 'broadcast-channel' : 'message-port',
      subject: resource,
      parents: first === undefined ? [] : [first],
      // A pool of a library's talks to its threads over ports of its own.
      adjunct: opening?.frames[0]?.origin === 'library',
      release: () => {
        (resource as { close: () => void }).close();
      },
      unref: () => {
        (resource as { unref: () => void }).unref();
      },
    };
  },
  lasting: {
    of: (resource) => resource,
    isOver: (thing) => asyncIdOf(thing) < 0,
    describe: () => ({ kind: 'message-port' }),
  },
};

/** Worker threads, message ports and broadcast channels. */
const workers: Probe = {
  name: 'workers',
  kinds: {
    worker: {
      noun: 'a worker thread',
      plural: 'worker threads',
      opened: 'started',
      closed: 'terminated',
      remedy: 'End it with `await worker.terminate()`',
      pooled: true,
    },
    'message-port': {
      noun: 'a message port',
      plural: 'message ports',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `port.close()`',
      pooled: true,
    },
    'broadcast-channel': {
      noun: 'a broadcast channel',
      plural: 'broadcast channels',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `channel.close()`',
      pooled: true,
    },
  },
  asyncTypes: { WORKER: worker, MESSAGEPORT: port },
  start() {
    const started = channel('worker_threads');
    started.subscribe(noteWorker);
    return {
      stop() {
        started.unsubscribe(noteWorker);
        firstPorts.clear();
      },
    };
  },
};

export default workers;
