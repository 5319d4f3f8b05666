import { EventEmitter } from 'node:events';
import { getHeapStatistics } from 'node:v8';
import type { Scope } from '../scope';
import type { Expected } from './expected';

type Listener = (...args: unknown[]) => void;

/**
 * Bytes that a listener must hold to be worth a word. That a test leaves one on a bus of the application's is common and ends with
 * the file's modules; that it keeps so much alive is what takes a process down.
 */
const MUCH = 1_000_000;

/** A listener that a test put on an emitter of an outer scope's, and did not take off. Both are held weakly. */
interface Left {
  readonly emitter: WeakRef<EventEmitter>;
  readonly event: string | symbol;
  readonly listener: WeakRef<Listener>;
  readonly scope: Scope;
  /** What was in use when its test began. */
  readonly before: Used;
}

const { eventNames, rawListeners } = EventEmitter.prototype;

/** Bytes in use on V8's heap, and beside it. */
interface Used {
  readonly heap: number;
  readonly external: number;
}

/** By V8's own count: `process.memoryUsage` asks the kernel too, which takes ten times as long. */
function used(): Used {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return { heap, external };
}

/** On the heap or beside it: what is garbage before makes up for what is added on the one, and hardly on both. */
const hasGrown = (before: Used, now: Used): boolean =>
  now.heap - before.heap >= MUCH || now.external - before.external >= MUCH;

/** A `once` is known by the listener it was given. */
const given = (raw: Listener): Listener => (raw as { listener?: Listener }).listener ?? raw;

function* listenersOn(emitter: EventEmitter): Iterable<readonly [string | symbol, Listener]> {
  for (const event of eventNames.call(emitter)) {
    for (const raw of rawListeners.call(emitter, event)) yield [event, given(raw as Listener)];
  }
}

function isOn({ emitter, event, listener }: Left): boolean {
  const on = emitter.deref();
  const fn = listener.deref();
  return on !== undefined && rawListeners.call(on, event).some((raw) => given(raw as Listener) === fn);
}

/** What tests leave on the application's own emitters: told by looking before and after each, so that adding one costs nothing. */
export class LeftListeners {
  readonly #emitters: () => Iterable<object>;
  readonly #known = new WeakSet<Listener>();
  #left: Left[] = [];
  #before: Used | undefined;

  /** @param emitters those made outside of any test */
  constructor(emitters: () => Iterable<object>) {
    this.#emitters = emitters;
  }

  /** A test begins: what is there already is nobody's. */
  before(): void {
    const [any] = this.#emitters();
    this.#before = any === undefined ? undefined : used();
    for (const emitter of this.#those()) {
      for (const [, listener] of listenersOn(emitter)) this.#known.add(listener);
    }
  }

  /** A test is over. @param alone whether no other ran at the same time, that may have added what is new */
  after(scope: Scope, alone: boolean): void {
    for (const emitter of this.#those()) {
      for (const [event, fn] of listenersOn(emitter)) {
        if (this.#known.has(fn)) continue;
        this.#known.add(fn);
        const refs = { emitter: new WeakRef(emitter), listener: new WeakRef(fn) };
        if (alone && this.#before !== undefined) this.#left.push({ ...refs, event, scope, before: this.#before });
      }
    }
  }

  /** Whether any is still there. */
  get any(): boolean {
    this.#left = this.#left.filter(isOn);
    return this.#left.length > 0;
  }

  /** Those that may hold much, for much more is in use than before their test. To be asked after a collection. */
  heavy(): readonly Expected[] {
    const now = used();
    return this.#left.flatMap((left): Expected[] => {
      const { event, listener, scope, before } = left;
      if (!hasGrown(before, now) || !isOn(left)) return [];
      const quoted = typeof event === 'symbol' ? String(event) : `"${event}"`;
      const argument = typeof event === 'symbol' ? String(event) : `'${event}'`;
      return [
        {
          thing: listener,
          kind: 'object',
          noun: 'a listener',
          plural: 'listeners',
          label: `for ${quoted}`,
          scope,
          openedIn: scope,
          owner: 'window',
          trace: [],
          closing: undefined,
          ended: undefined,
          remedy: `Remove it with the emitter's \`off(${argument}, listener)\``,
          unasked: true,
          leastBytes: MUCH,
        },
      ];
    });
  }

  /** Forgets all. */
  clear(): void {
    this.#left = [];
  }

  *#those(): Iterable<EventEmitter> {
    for (const emitter of this.#emitters()) {
      // Most have none: their own count is asked first.
      const count = Object.getOwnPropertyDescriptor(emitter, '_eventsCount')?.value;
      if (count !== 0 && emitter instanceof EventEmitter) yield emitter;
    }
  }
}
