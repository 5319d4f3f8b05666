import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { asObject } from '../engine/native';
import type { ActiveProbe, Probe, Recorder } from '../engine/probe';
import { Patches } from './patching/patch';
import { Switches } from './patching/switches';

/** Before Node 24 every `AsyncLocalStorage` works by one hook that they share, switched on by the first of them. */
function sharedHook(prototype: object): object | undefined {
  let shared: object | undefined;
  const patches = new Patches();
  patches.method(prototype, 'enable', (self, _args, call) => {
    shared = asObject(self);
    return call();
  });
  const storage = new AsyncLocalStorage();
  storage.run(undefined, () => {});
  storage.disable();
  patches.restore();
  return shared;
}

/** Async hooks that were enabled and never disabled: they run for the rest of the process, and slow it down. */
const asyncHooks: Probe = {
  name: 'async-hooks',
  kinds: {
    'async-hook': {
      noun: 'an async hook',
      plural: 'async hooks',
      opened: 'enabled',
      closed: 'disabled',
      remedy: 'Disable it with `hook.disable()`',
      pooled: true,
    },
  },
  start(recorder: Recorder): ActiveProbe {
    const prototype = Object.getPrototypeOf(createHook({})) as object;
    const shared = sharedHook(prototype);
    const switches = new Switches(recorder, {
      on: ['enable'],
      off: ['disable'],
      identify: (hook) =>
        hook === shared
          ? undefined
          : {
              kind: 'async-hook',
              release: () => {
                (hook as { disable(): void }).disable();
              },
            },
    });
    switches.watch(prototype);
    return switches;
  },
};

export default asyncHooks;
