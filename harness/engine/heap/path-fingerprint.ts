import { createHash } from 'node:crypto';
import type { ReadHop } from './path-reader';

/**
 * Names a path for good: the root and each link with the class of what is held. Keys, indices and sizes are left out, and so are
 * lines: a thousand objects in one map are held the same way.
 */
export function pathFingerprint(rootKind: string, rootLabel: string, hops: readonly ReadHop[]): string {
  const hash = createHash('sha256').update(`${rootKind}\n${rootLabel}\n`);
  hops.forEach(({ how, name, className, origin }, index) => {
    // Node's own fields and classes are others in the next version.
    if (hops[index - 1]?.origin === 'node' && how !== 'internal') return;
    const isPlace = how === 'element' || how === 'value' || how === 'key' || how === 'member';
    hash.update(`${how} ${isPlace ? '' : name} ${origin === 'node' ? '' : className}\n`);
  });
  return hash.digest('hex').slice(0, 12);
}
