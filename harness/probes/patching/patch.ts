import { disguise, frozen, replaceSlot } from './slot';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/**
 * What happens around a patched method. `self` is whatever it was called on: nothing, if it was taken off its object. `call` runs the
 * original with the caller's own `this` and arguments; its result is to be returned and its exceptions are to be let through. `wrapper` is
 * the patched method: frames above it are the caller's.
 */
export type Around = (
  self: unknown,
  args: readonly unknown[],
  call: () => unknown,
  wrapper: (...args: never[]) => unknown,
) => unknown;

const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

/** Patches of other people's objects, all of which can be put back. */
export class Patches {
  readonly #undo: (() => void)[] = [];
  #active = true;
  #depth = 0;
  /** The user's own code is on the stack: what cannot be patched then stays as it is. */
  #inGetter = false;

  /**
   * Patches one method. An inherited one becomes an own, non-enumerable property and is looked up anew at every call, so that a
   * spy on the prototype still sees it. Name, length and own properties stay. A method called from within a patched one of the same set is
   * left alone: one act of the caller's is one act. What is missing is left as it is.
   * @throws if it is frozen, see `property`
   */
  method(target: object, name: PropertyKey, around: Around): void {
    const before = getOwnPropertyDescriptor(target, name);
    if (before !== undefined && typeof before.value !== 'function') return;
    const original = (): AnyFunction =>
      (before === undefined ? Reflect.get(getPrototypeOf(target) ?? {}, name) : before.value) as AnyFunction;
    const like = original();
    if (typeof like !== 'function') return;
    const patches = this;
    const wrapper = function (this: unknown, ...args: unknown[]): unknown {
      if (!patches.#active || patches.#depth > 0) return apply(original(), this, args);
      patches.#depth++;
      try {
        return around(this, args, () => apply(original(), this, args), wrapper);
      } finally {
        patches.#depth--;
      }
    };
    this.property(target, name, {
      configurable: true,
      enumerable: before?.enumerable ?? false,
      writable: true,
      value: disguise(wrapper, like),
    });
  }

  /**
   * Replaces one property, and puts back what was there unless somebody else has replaced it by then.
   * @throws if it cannot be replaced, for what would come of it would go unseen; all else is put back first
   */
  property(target: object, name: PropertyKey, descriptor: PropertyDescriptor): void {
    const undo = replaceSlot(target, name, descriptor);
    if (undo !== undefined) this.#undo.push(undo);
    if (undo !== undefined || this.#inGetter) return;
    this.restore();
    throw frozen(target, name);
  }

  /** Calls `seen` with the value of a lazy getter whenever somebody reads it; reads nothing itself, and throws nothing into that. */
  getter(target: object, name: PropertyKey, seen: (value: object) => void): void {
    const before = getOwnPropertyDescriptor(target, name);
    const get = before?.get as AnyFunction | undefined;
    if (before === undefined || get === undefined || before.configurable !== true) return;
    const patches = this;
    this.property(target, name, {
      ...before,
      get(this: object): unknown {
        const value = apply(get, this, []);
        if (!patches.#active || typeof value !== 'object' || value === null) return value;
        patches.#inGetter = true;
        try {
          seen(value);
        } finally {
          patches.#inGetter = false;
        }
        return value;
      },
    });
  }

  /** Puts everything back, last first. A wrapper that somebody still holds only calls its original from now on. */
  restore(): void {
    this.#active = false;
    for (const undo of this.#undo.reverse()) undo();
    this.#undo.length = 0;
  }
}
