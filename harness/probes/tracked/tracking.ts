import { asObject, field } from '../../engine/native';
import type { TrackWish } from '../../model/tracking';
import { UsageError } from '../../model/usage-error';
import { methodOf } from './releases';

/** A class to be accounted for. */
export interface Tracking {
  readonly Class: object;
  readonly prototype: object;
  readonly name: string;
  /** Names of its releases, the one to advise first. */
  readonly releases: readonly [PropertyKey, ...PropertyKey[]];
}

/** A class as errors name it. */
const nameOf = (Class: object): string => {
  const name = field(Class, 'name');
  return typeof name === 'string' && name !== '' ? name : 'a class without a name';
};

/** `destroy()`, `[Symbol.dispose]()`. */
export const callOf = (name: PropertyKey): string =>
  typeof name === 'symbol' ? `[${name.description}]()` : `${String(name)}()`;

const DISPOSALS = ['dispose', 'asyncDispose'] as const;

/** Where a realm has no such symbols, each compiler's stand-in makes its own. */
function disposals(global: Record<PropertyKey, unknown>): readonly symbol[] {
  const Symbols = [Symbol, global.Symbol ?? Symbol] as unknown as Record<string, symbol | undefined>[];
  const known = DISPOSALS.flatMap((name) => [...Symbols.map((each) => each[name]), Symbol.for(`Symbol.${name}`)]);
  return [...new Set(known.filter((symbol) => symbol !== undefined))];
}

const isName = (name: unknown): name is PropertyKey => typeof name === 'string' || typeof name === 'symbol';

/**
 * The class that is to be tracked, and what releases its instances.
 * @throws UsageError if it is no class, or has no such method
 */
export function readWish({ Class, options }: TrackWish, global: Record<PropertyKey, unknown>): Tracking {
  const object = typeof Class === 'function' ? asObject(Class) : undefined;
  const prototype = object === undefined ? undefined : asObject(field(object, 'prototype'));
  if (object === undefined || prototype === undefined)
    throw new UsageError('leakgate.track needs a class: what it was given has no prototype.');
  const name = nameOf(object);
  const given = (options as { release?: unknown } | undefined)?.release;
  const wanted = given === undefined ? [] : Array.isArray(given) ? given : [given];
  for (const each of wanted) {
    if (!isName(each) || methodOf(prototype, each) === undefined)
      throw new UsageError(
        `leakgate.track(${name}): the release \`${String(each)}\` is no method of its prototype. A function made anew for every instance cannot be seen: make it a method.`,
      );
  }
  const byNature = disposals(global).filter((symbol) => methodOf(prototype, symbol) !== undefined);
  const [first, ...others] = [...(wanted as PropertyKey[]), ...byNature];
  if (first === undefined)
    throw new UsageError(
      `leakgate.track(${name}) needs a release, as in { release: 'close' }: it has neither [Symbol.dispose]() nor [Symbol.asyncDispose]().`,
    );
  return { Class: object, prototype, name, releases: [first, ...others] };
}
