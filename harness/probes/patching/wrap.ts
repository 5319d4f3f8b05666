import { disguise, frozen, replaceSlot } from './slot';

// biome-ignore lint/suspicious/noExplicitAny: any function can be wrapped, and TypeScript has no other word for it.
export type AnyFunction = (this: any, ...args: any[]) => any;

type Make = (original: AnyFunction) => AnyFunction;

const makers = new WeakMap<object, Make>();
/** Those that were to be put back, whether or not they could be. */
const retired = new WeakSet<object>();

/**
 * Puts a wrapper in the place of a public function, looking the same: name, length, own properties (`util.promisify.custom`) and
 * the attributes of the slot it stands in. A second time does nothing, and neither does what is missing.
 *
 * @param make is given the function as it is found, which may be a test's spy. One that lives as long as the process may meet its
 * own wrapper of an earlier file, which could not be put back and is at work again; any other is wrapped anew
 * @returns puts the function back, unless somebody else has replaced or frozen it meanwhile
 * @throws if it is frozen, for what it is used for would go unseen
 */
export function wrap(target: object, name: string, make: Make): () => void {
  // A lazy property becomes an ordinary one when it is read (`fs.opendir` in Node 20).
  void Reflect.get(target, name);
  const before = Object.getOwnPropertyDescriptor(target, name);
  const original: unknown = before?.value;
  if (before === undefined || typeof original !== 'function') return () => {};
  const maker = makers.get(original);
  if (maker !== undefined && (maker === make || !retired.has(original))) return () => {};
  const wrapper = disguise(make(original as AnyFunction), original);
  const undo = replaceSlot(target, name, { ...before, value: wrapper });
  if (undo === undefined) throw frozen(target, name);
  makers.set(wrapper, make);
  return () => {
    retired.add(wrapper);
    undo();
  };
}
