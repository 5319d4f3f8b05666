import v8 from 'node:v8';
import type { ActiveProbe, Probe, Recorder, Watch } from '../engine/probe';
import { Patches } from './patching/patch';
import { disguise } from './patching/slot';

const SETTERS = ['createHook', 'onInit', 'onBefore', 'onAfter', 'onSettled'];

/** One call that set a hook. V8 holds the hook until it is stopped, and so does this. */
interface PromiseHook {
  /** `undefined` once it was called. */
  stop: (() => unknown) | undefined;
}

const watch: Watch = {
  state: (resource) => ((resource as PromiseHook).stop === undefined ? 'released' : 'open'),
  identify: (resource, opening) =>
    opening?.frames.length === 0 || opening?.inner !== undefined
      ? undefined
      : {
          kind: 'promise-hook',
          subject: resource,
          release: () => {
            (resource as PromiseHook).stop?.();
          },
        },
};

/** What the user stops it by, as `v8` made it. */
function stopOf(hook: PromiseHook, stop: (...args: never[]) => unknown): (...args: never[]) => unknown {
  const stopHere = (...args: never[]): unknown => {
    hook.stop = undefined;
    return stop(...args);
  };
  return disguise(stopHere, stop);
}

/** Promise hooks that were set and never stopped: they run for every promise of the process from then on. */
const promiseHookProbe: Probe = {
  name: 'promise-hooks',
  kinds: {
    'promise-hook': {
      noun: 'a promise hook',
      plural: 'promise hooks',
      opened: 'set',
      closed: 'stopped',
      remedy: 'Stop it by the function that `v8.promiseHooks` has returned for it',
      pooled: true,
    },
  },
  start(recorder: Recorder): ActiveProbe {
    const patches = new Patches();
    const before = Object.getOwnPropertyDescriptor(v8, 'promiseHooks');
    if (before === undefined) return { stop() {} };
    // Node's own async hooks call the functions of this very object, while they are switched on and off: the user's are called on another.
    const forUser = { ...v8.promiseHooks };
    patches.property(v8, 'promiseHooks', { ...before, value: forUser });
    for (const name of SETTERS) {
      patches.method(forUser, name, (_self, _args, call, wrapper) => {
        const stop = call();
        if (typeof stop !== 'function') return stop;
        const hook: PromiseHook = { stop: stop as () => unknown };
        recorder.opened({ watch, resource: hook, keep: true, above: wrapper });
        return stopOf(hook, stop as (...args: never[]) => unknown);
      });
    }
    return { stop: () => patches.restore() };
  },
};

export default promiseHookProbe;
