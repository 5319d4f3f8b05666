/** Puts something back. */
export type Undo = () => void;

/**
 * Puts something else into a property of somebody's object.
 * @returns puts back what was there, unless somebody else has replaced or frozen it by then; `undefined` if the object does not allow it
 */
export function replaceSlot(target: object, name: PropertyKey, descriptor: PropertyDescriptor): Undo | undefined {
  const before = Object.getOwnPropertyDescriptor(target, name);
  if (!Reflect.defineProperty(target, name, descriptor)) return undefined;
  const ours = Object.getOwnPropertyDescriptor(target, name);
  return () => {
    const now = Object.getOwnPropertyDescriptor(target, name);
    if (now === undefined || now.value !== ours?.value || now.get !== ours?.get || now.set !== ours?.set) return;
    if (before === undefined) Reflect.deleteProperty(target, name);
    else Reflect.defineProperty(target, name, before);
  };
}

/** Makes a wrapper look like what it wraps: name, length and own properties (`util.promisify.custom`). */
export function disguise<T extends object>(wrapper: T, like: object): T {
  return Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(like));
}

function nameOf(target: object): string {
  if (typeof target === 'function') return target.name;
  const name = target.constructor?.name ?? 'Object';
  return name === 'Object' ? 'its module' : `the ${name}`;
}

/** What to throw when a property cannot be replaced. */
export function frozen(target: object, name: PropertyKey): Error {
  return new Error(`\`${String(name)}\` of ${nameOf(target)} is frozen, so what it is used for cannot be seen.`);
}
