import { disguise, replaceSlot } from './slot';

// biome-ignore lint/suspicious/noExplicitAny: any function can be wrapped, and TypeScript has no other word for it.
export type AnyFunction = (this: any, ...args: any[]) => any;

const wrappers = new WeakSet<object>();

/**
 * Puts a wrapper in the place of a public function, looking the same: name, length, own properties (`util.promisify.custom`) and
 * the attributes of the slot it stands in.
 *
 * @param make is given the function as it is found, which may be a test's spy
 * @returns puts the function back, unless somebody else has replaced or frozen it meanwhile
 */
export function wrap(target: object, name: string, make: (original: AnyFunction) => AnyFunction): () => void {
  // A lazy property becomes an ordinary one when it is read (`fs.opendir` in Node 20).
  void Reflect.get(target, name);
  const before = Object.getOwnPropertyDescriptor(target, name);
  const original: unknown = before?.value;
  if (before === undefined || typeof original !== 'function') return () => {};
  // A wrapper of ours that could not be put back is still at work.
  if (wrappers.has(original) || !(before.configurable || before.writable)) return () => {};
  const wrapper = disguise(make(original as AnyFunction), original);
  wrappers.add(wrapper);
  return replaceSlot(target, name, { ...before, value: wrapper }) ?? (() => {});
}
