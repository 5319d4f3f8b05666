import { nap } from './clock';
import { collectUntil } from './gc';

/** Some finalizers take a while: so long after the last collection it is tried again, in milliseconds. */
const LATER_MS = 50;

/** Nobody holds what this gives a hint of. In a function of its own, so that no frame keeps it. */
const dropped = (): WeakRef<object> => new WeakRef({});

/**
 * Whether what `ref` points to is gone after forced collections. It is the caller's part to hold it nowhere, its own stack included.
 * @throws if collection does not work in this process at all: no answer of it would prove anything
 */
export async function isCollected(ref: WeakRef<object>): Promise<boolean> {
  const control = dropped();
  const held = {};
  const kept = new WeakRef(held);
  const isGone = (): boolean => ref.deref() === undefined && control.deref() === undefined;
  await collectUntil(isGone);
  for (let round = 0; round < 2 && !isGone(); round++) {
    await nap(LATER_MS);
    await collectUntil(isGone);
  }
  if (control.deref() !== undefined || kept.deref() !== held)
    throw new Error(
      'A forced collection left what nobody held, or took what was held: nothing can be said of what is reachable.',
    );
  return ref.deref() === undefined;
}
