import { asObject } from '../engine/native';
import type { ActiveProbe, Probe, Realm, Recorder, Watch } from '../engine/probe';
import { Patches } from './patching/patch';

const hostProcess = process;
const setNow = process.setUncaughtExceptionCaptureCallback;
const isSet = process.hasUncaughtExceptionCaptureCallback;
const SETTER = 'setUncaughtExceptionCaptureCallback';

/** One call that set the callback. There is one for the process: the next call takes its place. */
interface Capture {
  replaced: boolean;
}

const watch: Watch = {
  state: (resource) => ((resource as Capture).replaced || !isSet.call(hostProcess) ? 'released' : 'open'),
  identify: (resource, opening) =>
    // Of Node's own, `domain` sets one.
    opening?.frames.length === 0 || opening?.inner !== undefined
      ? undefined
      : { kind: 'exception-capture', subject: resource, release: () => setNow.call(hostProcess, null) },
};

/** The callback that takes every uncaught exception of the process, the runner's own included, once a test has set it. */
const exceptionCapture: Probe = {
  name: 'exception-capture',
  kinds: {
    'exception-capture': {
      noun: 'an uncaught exception capture callback',
      plural: 'uncaught exception capture callbacks',
      opened: 'set',
      closed: 'unset',
      remedy: 'Unset it with `process.setUncaughtExceptionCaptureCallback(null)`',
      pooled: true,
    },
  },
  start(recorder: Recorder, realm: Realm): ActiveProbe {
    const patches = new Patches();
    let last: Capture | undefined;
    // The sandbox has a copy of `process`, and either of the two sets the same.
    for (const each of new Set([asObject(realm.global.process) ?? hostProcess, hostProcess])) {
      patches.method(each, SETTER, (_self, args, call, wrapper) => {
        const result = call();
        if (last !== undefined) last.replaced = true;
        last = undefined;
        if (typeof args[0] !== 'function') return result;
        last = { replaced: false };
        recorder.opened({ watch, resource: last, keep: true, above: wrapper });
        return result;
      });
    }
    return { stop: () => patches.restore() };
  },
};

export default exceptionCapture;
