import type { Session } from 'node:inspector';
import type { ActiveProbe, Probe, Recorder } from '../engine/probe';
import { Switches } from '../engine/switches';

/** Node's inspector; some builds have none. Loading it takes about 0.1 ms and starts nothing. */
function inspector(): typeof import('node:inspector') | undefined {
  try {
    return require('node:inspector') as typeof import('node:inspector');
  } catch {
    return undefined;
  }
}

/** Inspector sessions left connected: they keep what they were shown alive, and what they enabled running. */
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
  },
  start(recorder: Recorder): ActiveProbe {
    const switches = new Switches(recorder, {
      on: ['connect', 'connectToMainThread'],
      off: ['disconnect'],
      identify: (session) => ({
        kind: 'inspector-session',
        release: () => (session as Session).disconnect(),
      }),
    });
    const found = inspector();
    if (found !== undefined) switches.watch(found.Session.prototype);
    return switches;
  },
};

export default inspectorSessions;
