import type { Session } from 'node:inspector';
import type { ActiveProbe, Probe, Recorder, Watch } from '../engine/probe';
import { Patches } from './patching/patch';
import { Switches } from './patching/switches';

type Inspector = typeof import('node:inspector');

/** Node's inspector, under both its names; some builds have none. Loading it takes about 0.2 ms and starts nothing. */
function inspectors(): Inspector[] {
  try {
    return [require('node:inspector') as Inspector, require('node:inspector/promises') as Inspector];
  } catch {
    return [];
  }
}

/** The one debugging server of the process. It listens in a thread of its own, where no async resource tells of it. */
const serverWatch = (inspector: Inspector): Watch => ({
  state: () => (inspector.url() === undefined ? 'released' : 'open'),
  identify: (resource, opening) =>
    opening?.frames.length === 0
      ? undefined
      : {
          kind: 'inspector-server',
          subject: resource,
          label: `at ${inspector.url() ?? ''}`,
          release: () => inspector.close(),
        },
});

/** Inspector sessions left connected, which keep alive what they were shown, and the inspector's server left open. */
const inspectorSessions: Probe = {
  name: 'inspector-sessions',
  kinds: {
    'inspector-session': {
      noun: 'an inspector session',
      plural: 'inspector sessions',
      opened: 'connected',
      closed: 'disconnected',
      remedy: 'Disconnect it with `session.disconnect()`',
      pooled: true,
    },
    'inspector-server': {
      noun: 'an inspector server',
      plural: 'inspector servers',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `inspector.close()`',
      pooled: true,
    },
  },
  start(recorder: Recorder): ActiveProbe {
    const sessions = new Switches(recorder, {
      on: ['connect', 'connectToMainThread'],
      off: ['disconnect'],
      identify: (session) => ({
        kind: 'inspector-session',
        release: () => (session as Session).disconnect(),
      }),
    });
    const patches = new Patches();
    const [inspector, promised] = inspectors();
    if (inspector !== undefined && promised !== undefined) {
      // The session of `inspector/promises` is a subclass of the other.
      sessions.watch(inspector.Session.prototype);
      const watch = serverWatch(inspector);
      for (const face of [inspector, promised]) {
        patches.method(face, 'open', (_self, _args, call, wrapper) => {
          const result = call();
          recorder.opened({ watch, resource: {}, keep: true, above: wrapper });
          return result;
        });
      }
    }
    return {
      stop: () => {
        sessions.stop();
        patches.restore();
      },
    };
  },
};

export default inspectorSessions;
