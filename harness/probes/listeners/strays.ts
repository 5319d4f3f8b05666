import { EventEmitter } from 'node:events';

type Listener = (...args: unknown[]) => void;

/** A listener that is on an emitter. */
export interface Stray {
  readonly event: string | symbol;
  readonly listener: Listener;
}

const { eventNames, rawListeners } = EventEmitter.prototype;

/** What was given to `once`, and not what Node made of it. */
const unwrapped = (raw: Listener): Listener => (raw as { listener?: Listener }).listener ?? raw;

function* listenersOn(emitter: EventEmitter): Iterable<Stray> {
  for (const event of eventNames.call(emitter)) {
    for (const raw of rawListeners.call(emitter, event)) {
      yield { event, listener: unwrapped(raw as Listener) };
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

  /**
   * Runs `add`, which adds `listener`. What an emitter adds besides in answer to that (`domain` puts a listener of its own first) is
   * none of anybody's: it comes and goes with the other.
   */
  answered<T>(emitter: EventEmitter, listener: Listener, add: () => T): T {
    const before = this.#before.get(emitter);
    const were = new Set([...listenersOn(emitter)].map((each) => each.listener));
    try {
      return add();
    } finally {
      for (const each of listenersOn(emitter))
        if (each.listener !== unwrapped(listener) && !were.has(each.listener)) before?.add(each.listener);
    }
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
