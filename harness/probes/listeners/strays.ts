import { EventEmitter } from 'node:events';

type Listener = (...args: unknown[]) => void;

/** A listener that is on an emitter. */
export interface Stray {
  readonly event: string | symbol;
  readonly listener: Listener;
}

const { eventNames, rawListeners } = EventEmitter.prototype;

function* listenersOn(emitter: EventEmitter): Iterable<Stray> {
  for (const event of eventNames.call(emitter)) {
    for (const raw of rawListeners.call(emitter, event)) {
      yield { event, listener: ((raw as { listener?: unknown }).listener ?? raw) as Listener };
    }
  }
}

/**
 * What came to be on emitters by a way around their own methods (`EventEmitter.prototype.on.call(process, …)`): there is no call
 * to watch, so what is there is compared with what was.
 */
export class Strays {
  readonly #before = new Map<EventEmitter, WeakSet<Listener>>();

  /** From now on: what is there already is nobody's. */
  since(emitter: EventEmitter): void {
    this.#before.set(emitter, new WeakSet([...listenersOn(emitter)].map(({ listener }) => listener)));
  }

  /** All that is new on any of them. */
  *found(): Iterable<Stray & { readonly emitter: EventEmitter }> {
    for (const [emitter, before] of this.#before) {
      for (const each of listenersOn(emitter)) if (!before.has(each.listener)) yield { ...each, emitter };
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#before.clear();
  }
}
