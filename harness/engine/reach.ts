import { types } from 'node:util';
import { asObject } from './native';

/** How far a walk goes. */
export interface Bounds {
  /** Objects looked at. */
  readonly nodes: number;
  /** Steps from the root. */
  readonly depth: number;
  /** Elements of one array, map or set. */
  readonly elements: number;
}

const WeakRefDeref = WeakRef.prototype.deref;
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;

/** Whether it is a `WeakRef`; those of the tests' realm have another constructor. */
export const isWeakRef = (value: object): value is WeakRef<object> =>
  Object.prototype.toString.call(value) === '[object WeakRef]';

/** The object under a descriptor that is data. An accessor is never called: a native's may abort the process. */
const dataOf = (object: object, key: PropertyKey): object | undefined =>
  asObject(Object.getOwnPropertyDescriptor(object, key)?.value);

/** Functions keep their secrets, proxies answer with the user's code, and bytes lead nowhere. */
const isClosed = (value: object): boolean =>
  typeof value === 'function' || types.isProxy(value) || ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);

function* members(value: object, most: number): Iterable<object | undefined> {
  let left = most;
  if (types.isMap(value)) {
    for (const [key, held] of mapEntries.call(value)) {
      if (left-- <= 0) break;
      yield asObject(key);
      yield asObject(held);
    }
  } else if (types.isSet(value)) {
    for (const held of setValues.call(value)) {
      if (left-- <= 0) break;
      yield asObject(held);
    }
  } else if (isWeakRef(value)) yield asObject(WeakRefDeref.call(value));
  if (Array.isArray(value)) {
    const length = Math.min(value.length, most);
    for (let index = 0; index < length; index++) yield dataOf(value, index);
    return;
  }
  for (const key of Reflect.ownKeys(value)) yield dataOf(value, key);
}

/**
 * Which of `targets` hang on `root` by plain data (own properties, elements, entries, weak references), and how many steps away.
 * No getter is called, and no closure can be looked into.
 * @param isLeaf what is not looked into: it knows things that are none of the root's
 */
export function reached(
  root: object,
  targets: ReadonlySet<object>,
  isLeaf: (value: object) => boolean,
  bounds: Bounds,
): { readonly held: ReadonlyMap<object, number>; readonly nodes: number } {
  const held = new Map<object, number>();
  const depths = new Map<object, number>([[root, 0]]);
  for (const [value, depth] of depths) {
    if (targets.has(value)) {
      held.set(value, depth);
      if (held.size === targets.size) break;
    }
    if (depth >= bounds.depth || isClosed(value) || (value !== root && isLeaf(value))) continue;
    for (const next of members(value, bounds.elements)) {
      if (next === undefined || depths.has(next)) continue;
      if (depths.size >= bounds.nodes) break;
      depths.set(next, depth + 1);
    }
  }
  return { held, nodes: depths.size };
}
