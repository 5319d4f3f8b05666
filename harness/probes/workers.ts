import { nativeLives } from '../engine/native';
import type { Opening } from '../engine/opening';
import type { Probe, Watch } from '../engine/probe';

interface WorkerHandle {
  readonly threadId: number;
  stopThread(): void;
}

const worker: Watch = {
  state: (resource, asyncId) => (nativeLives(resource, asyncId) ? 'open' : 'released'),
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
    };
  },
};

/** Node makes ports for its own use (a worker's channels, `structuredClone`); the user's come straight from a constructor. */
const isOwn = (opening: Opening | undefined): boolean =>
  opening !== undefined &&
  opening.inner !== undefined &&
  !(opening.inner === 'node:internal/worker/io' && opening.innerFn === 'BroadcastChannel');

const port: Watch = {
  state: (resource, asyncId) => (nativeLives(resource, asyncId) ? 'open' : 'released'),
  identify(resource, opening) {
    if (isOwn(opening)) return undefined;
    const broadcast = opening?.inner !== undefined;
    return {
      kind: broadcast ? 'broadcast-channel' : 'message-port',
      subject: resource,
      release: () => {
        (resource as { close: () => void }).close();
      },
    };
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
};

export default workers;
