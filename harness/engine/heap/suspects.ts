import type { FrameOrigin } from '../../model/frame';
import type { PathHop } from '../../model/retainer-path';

const COLLECTION = /^(?:Map|Set|Array|Object)(?: \(|$)/;

/** A link, and whose code the class of what it leads to is. */
type Hop = PathHop & { readonly origin: FrameOrigin | undefined };

/**
 * Marks the links that may be the one to cut, as LeakCanary does: those between what is known to live and what should be gone. What a
 * module or a global object holds directly lives as they do, and a collection in it as well: it is there to be emptied. What a library's
 * object knows of its own parts is not the user's to cut, unless there is nothing else.
 */
export function markSuspects(hops: readonly Hop[]): readonly PathHop[] {
  let lives = Math.min(1, hops.length - 1);
  while (lives < hops.length - 1 && COLLECTION.test(hops[lives]?.holds ?? '')) lives++;
  const isOwn = (index: number): boolean => hops[index - 1]?.origin !== 'library';
  const isAnyOwn = hops.some((_, index) => index >= lives && isOwn(index));
  return hops.map(({ origin: _, ...hop }, index) =>
    index < lives || (isAnyOwn && !isOwn(index)) ? hop : { ...hop, suspect: true },
  );
}
