import hooks from 'node:perf_hooks';
import { asObject } from '../engine/native';
import type { ActiveProbe, Probe, Recorder } from '../engine/probe';
import { Switches } from './patching/switches';

/** Performance observers that observe, and event loop histograms that sample, for nobody any more. */
const performance: Probe = {
  name: 'performance',
  kinds: {
    'performance-observer': {
      noun: 'a performance observer',
      plural: 'performance observers',
      opened: 'started',
      closed: 'disconnected',
      remedy: 'Disconnect it with `observer.disconnect()`',
      pooled: true,
    },
    'loop-histogram': {
      noun: 'an event loop delay histogram',
      plural: 'event loop delay histograms',
      opened: 'enabled',
      closed: 'disabled',
      remedy: 'Disable it with `histogram.disable()`',
      pooled: true,
    },
  },
  start(recorder: Recorder): ActiveProbe {
    const observers = new Switches(recorder, {
      on: ['observe'],
      off: ['disconnect'],
      identify: (observer) => ({
        kind: 'performance-observer',
        release: () => (observer as { disconnect(): void }).disconnect(),
      }),
    });
    observers.watch(hooks.PerformanceObserver.prototype);
    const histograms = new Switches(recorder, {
      on: ['enable'],
      off: ['disable'],
      identify: (histogram) => ({
        kind: 'loop-histogram',
        release: () => {
          (histogram as { disable(): void }).disable();
        },
      }),
    });
    // Their class is not exported, and to make one for the sake of its prototype would leave a native handle behind.
    let prototype: object | undefined;
    histograms.patches.method(hooks, 'monitorEventLoopDelay', (_self, _args, call) => {
      const histogram = asObject(call());
      if (histogram !== undefined && prototype === undefined) {
        prototype = Object.getPrototypeOf(histogram) as object;
        histograms.watch(prototype);
      }
      return histogram;
    });
    return {
      stop: () => {
        observers.stop();
        histograms.stop();
      },
    };
  },
};

export default performance;
