import type { PathHop } from '../../model/retainer-path';

const COLLECTION = /^(?:Map|Set|Array|Object)(?: \(|$)/;

/**
 * Marks the links that may be the one to cut, as LeakCanary does: those between what is known to live and what should be gone. What a
 * module or a global object holds directly lives as they do, and a collection in it as well: it is there to be emptied.
 */
export function markSuspects(hops: readonly PathHop[]): readonly PathHop[] {
  let lives = Math.min(1, hops.length - 1);
  while (lives < hops.length - 1 && COLLECTION.test(hops[lives]?.holds ?? '')) lives++;
  return hops.map((hop, index) => (index < lives ? hop : { ...hop, suspect: true }));
}
