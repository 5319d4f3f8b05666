import { createRequire } from 'node:module';
import hooks from 'node:perf_hooks';
import { GCProfiler } from 'node:v8';
import { asObject } from '../engine/native';
import type { ActiveProbe, Probe, Recorder } from '../engine/probe';
import { Switches } from './patching/switches';

/** Node's trace events; `undefined` in worker threads, which have none. */
function traceEvents(): object | undefined {
  try {
    return asObject(createRequire(__filename)('node:trace_events'));
  } catch {
    return undefined;
  }
}

/**
 * Watches whatever `target[maker]` makes. The class is not exported, and to make one for the sake of its prototype would leave a
 * native handle behind.
 */
function watchMade(switches: Switches, target: object, maker: string): void {
  let prototype: object | undefined;
  switches.patches.method(target, maker, (_self, _args, call) => {
    const made = asObject(call());
    if (made !== undefined && prototype === undefined) {
      prototype = Object.getPrototypeOf(made) as object;
      switches.watch(prototype);
    }
    return made;
  });
}

/**
 * Performance observers that observe, event loop histograms that sample, collections that are profiled, and trace events that are written,
 * for nobody any more.
 */
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
    'gc-profiler': {
      noun: 'a profiler of garbage collections',
      plural: 'profilers of garbage collections',
      opened: 'started',
      closed: 'stopped',
      remedy: 'Stop it with `profiler.stop()`',
      pooled: true,
    },
    tracing: {
      noun: 'a trace',
      plural: 'traces',
      opened: 'enabled',
      closed: 'disabled',
      remedy: 'Disable it with `tracing.disable()`',
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
      // Only its native half samples, and stays.
      goesOn: true,
      identify: (histogram) => ({
        kind: 'loop-histogram',
        release: () => {
          (histogram as { disable(): void }).disable();
        },
      }),
    });
    watchMade(histograms, hooks, 'monitorEventLoopDelay');
    const profilers = new Switches(recorder, {
      on: ['start'],
      off: ['stop'],
      identify: (profiler) => ({
        kind: 'gc-profiler',
        release: () => {
          (profiler as GCProfiler).stop();
        },
      }),
    });
    profilers.watch(GCProfiler.prototype);
    const traces = new Switches(recorder, {
      on: ['enable'],
      off: ['disable'],
      identify: (tracing) => ({
        kind: 'tracing',
        label: `of ${(tracing as { categories: string }).categories}`,
        release: () => (tracing as { disable(): void }).disable(),
      }),
    });
    const events = traceEvents();
    if (events !== undefined) watchMade(traces, events, 'createTracing');
    return {
      stop: () => {
        observers.stop();
        histograms.stop();
        profilers.stop();
        traces.stop();
      },
    };
  },
};

export default performance;
