import { isHeldByListener, isListed } from '../../model/retained-sentence';
import type { PathRoot, RetainerPath } from '../../model/retainer-path';

/** So few links lead from an entry of a list to what is closed: a connection with its client, its session, its socket. */
const NEAR = 6;

/** What a library keeps, no test can make it let go of. */
const isOfApplication = ({ kind, label }: PathRoot): boolean =>
  (kind === 'module' || kind === 'global') && !label.includes('node_modules') && !label.includes('node:');

/** Whether a listener on something of the application's keeps at least so much alive. */
export const isHeavy = (path: RetainerPath, leastBytes: number): boolean =>
  isOfApplication(path.root) && path.bytes >= leastBytes;

/**
 * Whether something that lives on lists what is closed: a Map, a Set or an array that ought to have dropped it, or will grow for
 * ever. One variable or property that still names the last one is no such thing, and neither is what a timer or a listener holds:
 * these are resources themselves, with verdicts of their own.
 */
export function isListedForEver(path: RetainerPath): boolean {
  const { root, hops } = path;
  if (!isOfApplication(root) || isHeldByListener(path)) return false;
  const at = hops.findLastIndex(isListed);
  const beyond = hops.slice(at + 1);
  return at >= 0 && beyond.length <= NEAR && beyond.every(({ how }) => how !== 'variable');
}

/** Whether the list is an array, of which nobody knows whether it is one to grow: it has to outlast a test to tell. */
export const isInArray = ({ hops }: RetainerPath): boolean => hops.findLast(isListed)?.how === 'element';
