import type { Breakpoints } from '../../engine/breakpoints';
import type { Undo } from '../patching/slot';
import { disguise, replaceSlot } from '../patching/slot';
import { type Life, released } from './life';

type Method = (this: unknown, ...args: unknown[]) => unknown;

const { apply, getPrototypeOf, getOwnPropertyDescriptor } = Reflect;

/** The prototypes of an object, nearest first. */
export function* prototypesOf(object: object): Iterable<object> {
  for (let each = getPrototypeOf(object); each !== null; each = getPrototypeOf(each)) yield each;
}

/** The nearest method of that name; `undefined` if what is there is none. */
export function methodOf(prototype: object, name: PropertyKey): Method | undefined {
  for (const each of [prototype, ...prototypesOf(prototype)]) {
    const descriptor = getOwnPropertyDescriptor(each, name);
    if (descriptor !== undefined) return typeof descriptor.value === 'function' ? descriptor.value : undefined;
  }
  return undefined;
}

/**
 * Notices releases where their methods are written, on the prototype of a class, its bases and whatever is derived from it. A stand-in
 * in the method's place sees its outcome; where a prototype is frozen, a breakpoint sees the call, which then counts as such.
 */
export class Releases {
  readonly #seen = new WeakMap<object, Set<PropertyKey>>();
  readonly #undo: Undo[] = [];
  readonly #lifeOf: (thing: unknown) => Life | undefined;
  readonly #breakpoints: Breakpoints;
  readonly #frozenCall: string;
  #active = true;

  /** @param frozenCall the expression that tells of a call in a frozen prototype */
  constructor(lifeOf: (thing: unknown) => Life | undefined, breakpoints: Breakpoints, frozenCall: string) {
    this.#lifeOf = lifeOf;
    this.#breakpoints = breakpoints;
    this.#frozenCall = frozenCall;
  }

  /** Looks after all that `prototype` has, and inherits, under `names`. */
  watch(prototype: object, names: readonly PropertyKey[]): void {
    for (const each of [prototype, ...prototypesOf(prototype)]) {
      for (const name of names) this.#watchOwn(each, name);
    }
  }

  /** Puts the methods back. A stand-in that somebody still holds only passes calls on. */
  stop(): void {
    this.#active = false;
    for (const undo of this.#undo.reverse()) undo();
  }

  #watchOwn(prototype: object, name: PropertyKey): void {
    const seen = this.#seen.get(prototype) ?? new Set();
    this.#seen.set(prototype, seen);
    if (seen.has(name)) return;
    seen.add(name);
    const before = getOwnPropertyDescriptor(prototype, name);
    if (before === undefined || typeof before.value !== 'function') return;
    const undo = replaceSlot(prototype, name, { ...before, value: this.#standIn(before.value as Method, name) });
    if (undo !== undefined) this.#undo.push(undo);
    else this.#breakpoints.atCall(before.value as object, this.#frozenCall);
  }

  /** Looks like the method. A proxy is of the same kind of function, too, but Node 24 takes none for what disposes of something. */
  #standIn(method: Method, name: PropertyKey): Method {
    if (typeof name !== 'symbol') {
      return new Proxy(method, { apply: (target, self: unknown, args) => this.#call(target, self, args) });
    }
    const releases = this;
    const standIn = {
      dispose(this: unknown, ...args: unknown[]): unknown {
        return releases.#call(method, this, args);
      },
    };
    return disguise(standIn.dispose, method);
  }

  #call(method: Method, self: unknown, args: unknown[]): unknown {
    const life = this.#active ? this.#lifeOf(self) : undefined;
    if (life === undefined || life.releasing) return apply(method, self, args);
    life.releasing = true;
    try {
      const answer = apply(method, self, args);
      released(life, answer);
      return answer;
    } finally {
      life.releasing = false;
    }
  }
}
