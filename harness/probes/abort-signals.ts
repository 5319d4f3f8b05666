import events from 'node:events';
import streams from 'node:stream';
import { isModules, knowsWeakly } from '../engine/module-functions';
import { asObject } from '../engine/native';
import { isOurs } from '../engine/plumbing';
import type { ActiveProbe, Identity, Liveness, Probe, Realm, Recorder, Watch } from '../engine/probe';
import { duration } from '../model/sentence';
import { Patches } from './patching/patch';
import { type Birth, SignalBirths } from './signals/births';
import { abortListeners, type Signal } from './signals/listeners';

/** One listener. It holds neither signal nor listener. */
interface AbortRegistration {
  readonly signal: WeakRef<Signal & object>;
  /** `undefined` for `signal.onabort`. */
  readonly listener: WeakRef<object> | undefined;
  readonly capture: boolean;
  /** Of an `AbortSignal.timeout`. */
  readonly timed: boolean;
  readonly byLibrary: boolean;
  /** How it is taken off, if not by the signal's own method. */
  readonly remedy: string | undefined;
  superseded: boolean;
}

/** An `AbortSignal.timeout` that somebody listens to. */
interface TimeoutRegistration {
  readonly signal: WeakRef<Signal & object>;
  readonly delayMs: number;
  readonly listeners: AbortRegistration[];
}

/** By it `signal.onabort = …` comes to `addEventListener`. */
const EVENT_TARGET = 'node:internal/event_target';

const OF_PROPERTY = 'Take it off with `signal.onabort = null`';

const captures = (options: unknown): boolean =>
  options === true || (asObject(options) as { capture?: unknown } | undefined)?.capture === true;

function isOn(registration: AbortRegistration): boolean {
  const signal = registration.signal.deref();
  if (signal === undefined || registration.superseded || signal.aborted) return false;
  if (registration.listener === undefined) return typeof signal.onabort === 'function';
  const listener = registration.listener.deref();
  return listener !== undefined && abortListeners(signal).includes(listener);
}

function remove(registration: AbortRegistration): void {
  const signal = registration.signal.deref();
  if (signal === undefined) return;
  if (registration.listener === undefined) {
    signal.onabort = null;
    return;
  }
  const listener = registration.listener.deref();
  const { capture } = registration;
  (signal as unknown as EventTarget).removeEventListener('abort', listener as EventListenerObject, { capture });
}

/** Nobody else has a library's listener. It may be there to end what the same call has opened. */
const ofLibrary = ({ listener }: AbortRegistration): Partial<Identity> => ({
  adjunct: true,
  remedy: 'Abort the signal, or give the library one that is made for this call,',
  // One for its module can be there but once. One that knows its work weakly is taken off when that is collected, as of `fetch`.
  isLibrarys: () => {
    const fn = listener?.deref();
    return fn !== undefined && (isModules(fn) || knowsWeakly(fn));
  },
});

const liveness = (open: boolean): Liveness => (open ? 'open' : 'released');

/** Only a collection can tell whether anybody still holds the signal. */
const listenerWatch: Watch = {
  collectable: true,
  state: (resource) => liveness(isOn(resource as AbortRegistration)),
  identify(resource): Identity | undefined {
    const registration = resource as AbortRegistration;
    const signal = registration.signal.deref();
    if (signal === undefined) return undefined;
    const { remedy } = registration;
    return {
      kind: 'abort-listener',
      subject: registration,
      label: registration.timed ? '' : 'on a signal that outlives it',
      parents: [signal],
      ...(registration.byLibrary ? ofLibrary(registration) : remedy === undefined ? {} : { remedy }),
      release: () => remove(registration),
    };
  },
};

/** Node keeps a signal that will time out for as long as anybody listens to it. */
const timeoutWatch: Watch = {
  state: (resource) => liveness((resource as TimeoutRegistration).listeners.some(isOn)),
  identify(resource): Identity | undefined {
    const { signal, delayMs, listeners } = resource as TimeoutRegistration;
    const subject = signal.deref();
    if (subject === undefined) return undefined;
    return {
      kind: 'abort-timeout',
      subject,
      label: `of ${duration(delayMs)}`,
      facts: { delayMs },
      release: () => listeners.forEach(remove),
    };
  },
};

/** Records the abort listeners of the user's own code, and those that libraries add to signals from elsewhere. */
class AbortWatcher implements ActiveProbe {
  readonly #patches = new Patches();
  readonly #recorder: Recorder;
  readonly #births: SignalBirths;
  readonly #registrations = new WeakMap<object, AbortRegistration[]>();
  readonly #timeouts = new WeakMap<object, TimeoutRegistration>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.#births = new SignalBirths(recorder);
  }

  watch(global: Record<PropertyKey, unknown>): void {
    this.#births.watch(global, this.#patches);
    const prototype = (global.AbortSignal as { prototype?: object } | undefined)?.prototype;
    if (prototype === undefined) return;
    // On the prototype of signals and not on that of every target: nothing else pays for it.
    this.#patches.method(prototype, 'addEventListener', (self, args, call, wrapper) => {
      const [type, listener, options] = args;
      const signal = asObject(self);
      const target = asObject(listener);
      if (type !== 'abort' || signal === undefined || target === undefined || this.#isOwn(signal)) return call();
      if (this.#isNodes(target, wrapper)) return call();
      return this.#added(signal, target, captures(options), call, wrapper);
    });
    if (global.AbortSignal !== AbortSignal) this.#watchProperty(prototype);
  }

  /** In Node `onabort` comes to `addEventListener`; in jsdom it is a slot of its own. */
  #watchProperty(prototype: object): void {
    const before = Object.getOwnPropertyDescriptor(prototype, 'onabort');
    const set = before?.set;
    if (before === undefined || set === undefined || before.configurable !== true) return;
    const isSet = (signal: Signal): boolean => typeof signal.onabort === 'function';
    const watched = (signal: Signal & object, value: unknown): void => {
      const had = isSet(signal);
      Reflect.apply(set, signal, [value]);
      const handler = asObject(value);
      if (had || handler === undefined || !isSet(signal) || this.#isOwn(signal)) return;
      this.#record(signal, handler, false, watched, OF_PROPERTY);
    };
    this.#patches.property(prototype, 'onabort', {
      ...before,
      set(this: Signal & object, value: unknown) {
        watched(this, value);
      },
    });
  }

  /** Node's own modules use the same functions, but not by way of the module's export: what comes this way is the user's. */
  watchAdders(): void {
    this.#watchAdder(events, 'addAbortListener');
    this.#watchAdder(streams, 'addAbortSignal', 'End the stream, or call its `destroy()`,');
  }

  /** What takes a signal first, and puts a listener of its own making on it. */
  #watchAdder(module: object, name: string, remedy?: string): void {
    this.#patches.method(module, name, (_self, args, call, wrapper) => {
      const signal = asObject(args[0]);
      const before = signal === undefined ? [] : abortListeners(signal);
      const result = call();
      const added = signal === undefined ? undefined : abortListeners(signal).find((each) => !before.includes(each));
      const listener = asObject(added);
      if (signal !== undefined && listener !== undefined) this.#record(signal, listener, false, wrapper, remedy);
      return result;
    });
  }

  stop(): void {
    this.#patches.restore();
  }

  /** Made by whoever is acting now: it goes when they go. */
  #isOwn(signal: object): boolean {
    const birth = this.#births.of(signal);
    return birth !== undefined && birth.timeout === undefined && birth.answers === this.#recorder.acting();
  }

  /** `fetch` leaves one each time: one frame tells whose it is, for a fraction of what a stack costs. */
  #isNodes(listener: object, wrapper: (...args: never[]) => unknown): boolean {
    if (!isOurs(listener)) return false;
    const caller = this.#recorder.callerOf(wrapper);
    return caller?.startsWith('node:') === true && caller !== EVENT_TARGET;
  }

  #added(
    self: object,
    listener: object,
    capture: boolean,
    call: () => unknown,
    wrapper: (...args: never[]) => unknown,
  ): unknown {
    const before = abortListeners(self).length;
    const result = call();
    if (abortListeners(self).length > before) this.#record(self, listener, capture, wrapper);
    return result;
  }

  #record(
    target: object,
    listener: object,
    capture: boolean,
    wrapper: (...args: never[]) => unknown,
    remedy?: string,
  ): void {
    const signal = target as Signal & object;
    const beginning = this.#recorder.beginning(wrapper);
    const inner = beginning.opening?.inner;
    const byProperty = remedy === OF_PROPERTY || inner === EVENT_TARGET;
    // What Node leaves on a signal is its own to take off, and much of it is weak: `fetch` leaves one.
    if (inner !== undefined && !byProperty) return;
    // What a page adds is about its own, too: a request, a listener that is to go with the signal.
    if (beginning.opening?.page !== undefined) return;
    const birth = this.#births.of(signal);
    const origin = beginning.opening?.frames[0]?.origin;
    // A library's on a signal that times out goes with that, and where a signal comes from it must be known to be wrong.
    const isLibrarys = origin === 'library' && birth !== undefined && birth.timeout === undefined;
    if (origin !== 'user' && !isLibrarys) return;
    if (birth?.timeout === undefined && birth?.answers !== undefined && birth.answers === beginning.answers) return;
    const registration: AbortRegistration = {
      signal: new WeakRef(signal),
      listener: byProperty ? undefined : new WeakRef(listener),
      capture,
      timed: birth?.timeout !== undefined,
      byLibrary: isLibrarys,
      remedy: byProperty ? OF_PROPERTY : remedy,
      superseded: false,
    };
    const earlier = this.#registrations.get(listener) ?? [];
    for (const other of earlier)
      if (other.signal.deref() === signal && other.capture === capture) other.superseded = true;
    this.#registrations.set(listener, [...earlier.filter((other) => !other.superseded), registration]);
    this.#recordTimeout(signal, birth?.timeout, registration);
    this.#recorder.openedLater(beginning, { watch: listenerWatch, resource: registration, keep: true });
  }

  #recordTimeout(signal: Signal & object, timeout: Birth['timeout'], registration: AbortRegistration): void {
    if (timeout === undefined) return;
    const known = this.#timeouts.get(signal);
    if (known !== undefined) {
      known.listeners.push(registration);
      return;
    }
    const { beginning, delayMs } = timeout;
    const resource: TimeoutRegistration = { signal: new WeakRef(signal), delayMs, listeners: [registration] };
    this.#timeouts.set(signal, resource);
    this.#recorder.openedLater(beginning, { watch: timeoutWatch, resource, keep: true });
  }
}

/** Abort listeners left on signals that outlive the test, and `AbortSignal.timeout`s that still have some. */
const abortSignals: Probe = {
  name: 'abort-signals',
  kinds: {
    'abort-listener': {
      noun: 'an abort listener',
      plural: 'abort listeners',
      opened: 'added',
      closed: 'removed',
      remedy: "Remove it with `signal.removeEventListener('abort', listener)`",
      pooled: true,
    },
    'abort-timeout': {
      noun: 'an AbortSignal.timeout',
      plural: 'AbortSignal.timeouts',
      opened: 'armed',
      closed: 'released',
      remedy: 'Remove its abort listener when the work is done, or use a timer that can be cleared,',
      pooled: false,
    },
  },
  start(recorder: Recorder, realm: Realm): ActiveProbe {
    const watcher = new AbortWatcher(recorder);
    watcher.watch(realm.global);
    watcher.watchAdders();
    return watcher;
  },
};

export default abortSignals;
