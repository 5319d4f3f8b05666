import { placeOf } from '../../engine/function-place';
import { field } from '../../engine/native';
import type { Opening } from '../../engine/opening';
import { packageOf } from '../../model/frame';

/**
 * Knows a library that has put a function of its own in the place of `setTimeout`, as zone.js does and what reports errors. What it arms
 * is armed for whoever calls that, and is given to its caller.
 */
export class PatchedTimers {
  readonly #global: Record<PropertyKey, unknown>;
  readonly #before: unknown;
  readonly #packages = new WeakMap<object, string | undefined>();

  /** @param global as it is before any code of the tests has run */
  constructor(global: Record<PropertyKey, unknown>) {
    this.#global = global;
    this.#before = field(global, 'setTimeout');
  }

  /** Whether it was armed that way, or may have been, where its stack does not tell. Takes a millisecond the first time. */
  armed(opening: Opening | undefined): boolean {
    const library = this.#library();
    const first = opening?.frames[0];
    return library !== undefined && (first === undefined || packageOf(first.file) === library);
  }

  #library(): string | undefined {
    const now = field(this.#global, 'setTimeout');
    if (typeof now !== 'function' || now === this.#before) return undefined;
    if (!this.#packages.has(now)) this.#packages.set(now, packageOf(placeOf(now)?.file ?? ''));
    return this.#packages.get(now);
  }
}
