import events, { EventEmitter } from 'node:events';
import { asObject } from '../engine/native';
import type { ActiveProbe, Identity, Probe, Recorder, Watch } from '../engine/probe';
import { Patches } from './patching/patch';

type Listener = (...args: unknown[]) => void;

/** One call of `events.on`. It holds neither emitter, listener nor iterator. */
interface IteratorRegistration {
  readonly emitter: WeakRef<object>;
  readonly event: string | symbol;
  /** What the iterator put on the emitter. */
  readonly listener: WeakRef<Listener>;
  readonly iterator: WeakRef<AsyncIterableIterator<unknown>>;
}

const { rawListeners } = EventEmitter.prototype;
const { getEventListeners } = events;

function listenersOn(emitter: object, event: string | symbol): readonly unknown[] {
  if (emitter instanceof EventEmitter) return rawListeners.call(emitter, event);
  return emitter instanceof EventTarget ? getEventListeners(emitter, String(event)) : [];
}

function isOn({ emitter, event, listener }: IteratorRegistration): boolean {
  const target = emitter.deref();
  const fn = listener.deref();
  return target !== undefined && fn !== undefined && listenersOn(target, event).includes(fn);
}

/** Only a collection can tell whether anybody still holds the emitter. */
const iteratorWatch: Watch = {
  collectable: true,
  state: (resource) => (isOn(resource as IteratorRegistration) ? 'open' : 'released'),
  identify(resource, opening): Identity | undefined {
    const registration = resource as IteratorRegistration;
    const emitter = registration.emitter.deref();
    // Node iterates by the same function: over the lines of a readline interface, over a worker's messages.
    if (emitter === undefined || opening?.inner !== undefined || opening?.frames.length === 0) return undefined;
    const { event, iterator, listener } = registration;
    return {
      kind: 'event-iterator',
      subject: registration,
      label: `over ${typeof event === 'symbol' ? String(event) : `"${event}"`} of ${article(emitter.constructor.name)}`,
      parents: [emitter],
      release: () => {
        const open = iterator.deref();
        const fn = listener.deref();
        if (open?.return !== undefined) void open.return();
        else if (emitter instanceof EventEmitter && fn !== undefined) emitter.removeListener(event, fn);
      },
    };
  },
};

const article = (name: string): string => `${/^[AEIOU]/i.test(name) ? 'an' : 'a'} ${name}`;

/** `events.on` iterators that nobody ended, on an emitter that is still there. */
const eventIterators: Probe = {
  name: 'event-iterators',
  kinds: {
    'event-iterator': {
      noun: 'an event iterator',
      plural: 'event iterators',
      opened: 'opened',
      closed: 'ended',
      remedy: 'End it with `iterator.return()`, a `break` out of its loop, or the `signal` option of `events.on`,',
      pooled: true,
    },
  },
  start(recorder: Recorder): ActiveProbe {
    const patches = new Patches();
    patches.method(events, 'on', (_self, args, call, wrapper) => {
      const emitter = asObject(args[0]);
      const event = args[1] as string | symbol;
      const before = emitter === undefined ? [] : listenersOn(emitter, event);
      const iterator = call() as AsyncIterableIterator<unknown>;
      const added = emitter && listenersOn(emitter, event).find((each) => !before.includes(each));
      if (emitter === undefined || typeof added !== 'function') return iterator;
      const registration: IteratorRegistration = {
        emitter: new WeakRef(emitter),
        event,
        listener: new WeakRef(added as Listener),
        iterator: new WeakRef(iterator),
      };
      recorder.opened({ watch: iteratorWatch, resource: registration, keep: true, above: wrapper });
      return iterator;
    });
    return { stop: () => patches.restore() };
  },
};

export default eventIterators;
