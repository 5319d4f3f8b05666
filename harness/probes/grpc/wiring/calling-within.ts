import { asObject } from '../../../engine/native';
import type { AnyFunction } from '../../patching/wrap';

function methodNames(target: object): Set<string> {
  const names = new Set<string>();
  for (let at: object | null = target; at !== null && at !== Object.prototype; at = Reflect.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (name !== 'constructor' && typeof Object.getOwnPropertyDescriptor(at, name)?.value === 'function')
        names.add(name);
    }
  }
  return names;
}

/**
 * A stand-in for a callback, or for an object of callbacks, whose every call runs by `within`. It is handed to the library in place
 * of the original, which is left as it is.
 * @param but a method that runs as whoever calls it
 */
export function callingWithin(target: unknown, within: <T>(fn: () => T) => T, but?: string): unknown {
  if (typeof target === 'function') {
    return (...args: unknown[]): unknown => within(() => (target as AnyFunction)(...args));
  }
  const object = asObject(target);
  // Another realm's `Object.prototype` is met like any class: its methods are passed on too, and mean the same.
  if (object === undefined) return target;
  const standIn = Object.create(object) as Record<string, unknown>;
  for (const name of methodNames(object)) {
    if (name === but) continue;
    const value = (...args: unknown[]): unknown =>
      within(() => ((object as Record<string, unknown>)[name] as AnyFunction)(...args));
    Object.defineProperty(standIn, name, { configurable: true, enumerable: true, writable: true, value });
  }
  return standIn;
}
