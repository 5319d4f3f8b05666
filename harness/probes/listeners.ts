import cluster from 'node:cluster';
import { EventEmitter } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { isModules } from '../engine/module-functions';
import { asObject, nativeState } from '../engine/native';
import type { ActiveProbe, Identity, Liveness, Probe, Realm, Recorder, Sighting, Watch } from '../engine/probe';
import { Strays } from './listeners/strays';
import { type Around, Patches } from './patching/patch';

type Listener = (...args: unknown[]) => void;

/** One call that added a listener. It holds neither emitter nor listener. */
interface Registration {
  readonly emitter: WeakRef<EventEmitter>;
  /** As the user knows it: `process`. */
  readonly name: string;
  readonly event: string | symbol;
  /** The method that added it. */
  readonly adder: string;
  readonly listener: WeakRef<Listener>;
  /** How many of the same listener were there before it. */
  readonly index: number;
  /** Dies with the sandbox. */
  readonly sandboxed: boolean;
  /** Since then removed, and added again by somebody else. */
  superseded: boolean;
  /** What was found out of the listener, once it was asked. */
  oneForModule?: boolean;
}

const ADDERS = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'];

const hostProcess = process;
const { rawListeners, removeListener } = EventEmitter.prototype;

/** How often `listener` is on `emitter`, `once` or not. */
function occurrences(emitter: EventEmitter, event: string | symbol, listener: Listener): number {
  let count = 0;
  for (const raw of rawListeners.call(emitter, event)) {
    if (raw === listener || (raw as { listener?: unknown }).listener === listener) count++;
  }
  return count;
}

function state(resource: object): Liveness {
  const { emitter, event, listener, index, superseded } = resource as Registration;
  const on = emitter.deref();
  const fn = listener.deref();
  if (superseded || on === undefined || fn === undefined) return 'released';
  return occurrences(on, event, fn) > index ? 'open' : 'released';
}

/**
 * Listeners that Node's own modules add are their plumbing. Only `events.once` acts for the user here; the iterators of
 * `events.on` have a probe of their own.
 */
const isPlumbing = (inner: string | undefined, adder: string): boolean =>
  inner !== undefined && !(inner === 'node:events' && adder === 'once');

/** A library that listens for its module as a whole does so once, as it is loaded or for whoever uses it first, and then no more. */
function isOneForModule(registration: Registration, listener: Listener): boolean {
  registration.oneForModule ??= isModules(listener);
  return registration.oneForModule;
}

const listenerWatch: Watch = {
  state,
  identify(resource, opening): Identity | undefined {
    const registration = resource as Registration;
    const { name, event, adder, sandboxed } = registration;
    if (opening !== undefined && (opening.frames.length === 0 || isPlumbing(opening.inner, adder))) return undefined;
    const emitter = registration.emitter.deref();
    const listener = registration.listener.deref();
    if (emitter === undefined || listener === undefined) return undefined;
    const awaited = opening?.inner === 'node:events';
    const quoted = typeof event === 'symbol' ? String(event) : `"${event}"`;
    const argument = typeof event === 'symbol' ? String(event) : `'${event}'`;
    return {
      kind: 'listener',
      subject: registration,
      heldAs: listener,
      label: `for ${quoted} on ${name}`,
      parents: [emitter],
      // `events.once` listens for errors too, on behalf of the same promise; a library to end what the same call has opened.
      adjunct: (awaited && event === 'error') || opening?.frames[0]?.origin === 'library',
      diesWithFile: sandboxed,
      ...(opening?.frames[0]?.origin === 'library' && registration.index === 0
        ? { isLibrarys: () => opening.importing === 'library' || isOneForModule(registration, listener) }
        : {}),
      remedy: awaited
        ? 'Await it, or abort it through the `signal` option of `events.once`,'
        : `Remove it with \`${name}.off(${argument}, listener)\``,
      release: () => {
        removeListener.call(emitter, event, listener);
      },
    };
  },
};

const signalWatch: Watch = {
  state: nativeState,
  identify: (resource) => ({ kind: 'signal-handler', subject: resource, adjunct: true }),
};

/** Emitter and listener as they are met; a registration holds neither. */
type Addition = Pick<Registration, 'name' | 'event' | 'adder' | 'index' | 'sandboxed'> & {
  readonly emitter: EventEmitter;
  readonly listener: Listener;
};

const registered = (addition: Addition): Registration => ({
  ...addition,
  emitter: new WeakRef(addition.emitter),
  listener: new WeakRef(addition.listener),
  superseded: false,
});

/** Records what is added to the emitters it is shown. */
class ListenerWatcher implements ActiveProbe {
  readonly #patches = new Patches();
  /** Every emitter that is watched, and what the user calls it. */
  readonly #watched = new Map<EventEmitter, { readonly name: string; readonly sandboxed: boolean }>();
  readonly #strays = new Strays();
  readonly #registrations = new WeakMap<Listener, Registration[]>();
  readonly #recorder: Recorder;
  #loaded = false;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  watch(emitter: EventEmitter, name: string, sandboxed: boolean): void {
    if (this.#watched.has(emitter)) return;
    this.#watched.set(emitter, { name, sandboxed });
    this.#strays.since(emitter);
    for (const adder of ADDERS) this.#patches.method(emitter, adder, this.#around(emitter, name, adder, sandboxed));
  }

  /** The standard streams are made when they are first asked for, and are asked for by nobody here. */
  watchStreams(of: object): void {
    for (const stream of ['stdin', 'stdout', 'stderr']) {
      this.#patches.getter(of, stream, (value) => {
        if (value instanceof EventEmitter) this.watch(value, `process.${stream}`, false);
      });
    }
  }

  /** What modules put on the sandbox's own emitters as they load dies with it. */
  modulesLoaded(): void {
    if (this.#loaded) return;
    this.#loaded = true;
    for (const [emitter, { sandboxed }] of this.#watched) if (sandboxed) this.#strays.since(emitter);
  }

  audit(): readonly Sighting[] {
    const sightings: Sighting[] = [];
    for (const { emitter, event, listener } of this.#strays.found()) {
      const known = this.#registrations.get(listener) ?? [];
      if (known.some((other) => other.event === event && other.emitter.deref() === emitter)) continue;
      const name = this.#watched.get(emitter)?.name ?? '';
      const resource = registered({ emitter, name, event, listener, adder: 'on', index: 0, sandboxed: false });
      sightings.push({ watch: listenerWatch, resource, keep: true });
    }
    return sightings;
  }

  stop(): void {
    this.#patches.restore();
    this.#strays.clear();
    this.#watched.clear();
  }

  #around(emitter: EventEmitter, name: string, adder: string, sandboxed: boolean): Around {
    return (self, args, call, wrapper) => {
      const [event, listener] = args as [string | symbol, Listener];
      if (self !== emitter || typeof listener !== 'function') return call();
      const index = occurrences(emitter, event, listener);
      const result = this.#strays.answered(emitter, listener, call);
      if (occurrences(emitter, event, listener) <= index) return result;
      const registration = registered({ emitter, name, event, adder, listener, index, sandboxed });
      this.#supersede(emitter, listener, registration);
      this.#recorder.opened({ watch: listenerWatch, resource: registration, keep: true, above: wrapper });
      return result;
    };
  }

  /** What the same listener had been added for, and is no longer on for, is not to come back to life by `registration`. */
  #supersede(emitter: EventEmitter, listener: Listener, registration: Registration): void {
    const others: Registration[] = [];
    for (const other of this.#registrations.get(listener) ?? []) {
      const gone = other.event === registration.event && other.index >= registration.index;
      if (gone && other.emitter.deref() === emitter) other.superseded = true;
      else others.push(other);
    }
    this.#registrations.set(listener, [...others, registration]);
  }
}

/**
 * Listeners on the emitters that outlive every test: `process`, its standard streams, and the only emitters among the exports
 * of Node's modules, `cluster` and the two global agents (a spec enumerates them). Patched are these very objects, so listeners
 * on anything else cost nothing.
 */
const listeners: Probe = {
  name: 'listeners',
  kinds: {
    listener: {
      noun: 'a listener',
      plural: 'listeners',
      opened: 'added',
      closed: 'removed',
      remedy: 'Remove it with `emitter.off(event, listener)`',
      pooled: true,
    },
    'signal-handler': {
      noun: 'a signal handler',
      plural: 'signal handlers',
      opened: 'installed',
      closed: 'removed',
      remedy: 'Remove it with `process.off(signal, listener)`',
      pooled: true,
    },
  },
  asyncTypes: { SIGNALWRAP: signalWatch },
  start(recorder: Recorder, realm: Realm): ActiveProbe {
    const watcher = new ListenerWatcher(recorder);
    const sandbox = asObject(realm.global.process);
    if (sandbox instanceof EventEmitter && sandbox !== hostProcess) watcher.watch(sandbox, 'process', true);
    watcher.watch(hostProcess, 'process', false);
    watcher.watchStreams(sandbox ?? hostProcess);
    watcher.watch(http.globalAgent, 'http.globalAgent', false);
    watcher.watch(https.globalAgent, 'https.globalAgent', false);
    watcher.watch(cluster, 'cluster', false);
    return watcher;
  },
};

export default listeners;
