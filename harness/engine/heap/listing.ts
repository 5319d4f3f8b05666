import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isListed } from '../../model/retained-sentence';
import type { NamedRoot } from './named-roots';
import type { ReadHop } from './path-reader';

// A test may have put a stand-in in its place.
const read = readFileSync;

/** What of a path tells whether what it leads to is one more each time, or takes the place of the one before. */
export interface Listing {
  /**
   * `collection`: a `Map` or a `Set`. `array`: an array, or a plain object used as a dictionary; it may as well be a tuple, or a
   * record. `chain`: each leads to the next. `link`: nothing but names, which may be the beginning of a chain.
   */
  readonly kind: 'collection' | 'array' | 'chain' | 'link';
  /** The same for all that are listed there. */
  readonly key: string;
  /** It is a library's object that has the list. */
  readonly ofLibrary: boolean;
  /** The list is a module's constant: it is never replaced by the next. */
  readonly constant: boolean;
}

const PLAIN = /^(?:Map|Set|Array|Object)$/;

const isAlike = (a: ReadHop | undefined, b: ReadHop | undefined): boolean =>
  a !== undefined && b !== undefined && a.how === b.how && a.name === b.name && a.className === b.className;

/** What lists the object at the end of a path. */
export function listingOf(root: NamedRoot, hops: readonly ReadHop[]): Listing {
  const at = hops.findLastIndex((hop, index) => isListed(hop) && hops[index - 2]?.name !== '_events');
  const chain = hops.findIndex((hop, index) => index > at && hop.name !== '__proto__' && isAlike(hop, hops[index + 1]));
  if (chain >= 0 || at < 0) {
    const kind = chain >= 0 ? 'chain' : 'link';
    return { kind, key: chainKey(root, hops), ofLibrary: ofLibrary(holdersIn(hops, chain)), constant: false };
  }
  const list = hops[at - 1];
  return {
    kind: /^(?:Array|Object)$/.test(list?.className ?? '') || hops[at]?.how === 'element' ? 'array' : 'collection',
    key: `${list?.node ?? root.node}`,
    ofLibrary: ofLibrary(hops.slice(0, at)),
    constant: at === 1 && isConstant(root, list),
  };
}

/**
 * What has the chain, or the listener of the user's: what hangs on an entry of a chain, or in the variables of such a listener, may well
 * be a library's. That is how its clients know what they are about.
 */
function holdersIn(hops: readonly ReadHop[], chain: number): readonly ReadHop[] {
  if (chain >= 0) return hops.slice(0, chain + 1);
  const events = hops.findLastIndex(({ name }) => name === '_events');
  const listener = hops.slice(events + 1).find(({ className }) => className === 'function');
  return events >= 0 && listener?.origin === 'user' ? hops.slice(0, events) : hops;
}

/** Whether the object that has the list is of a library's class. */
const ofLibrary = (holders: readonly ReadHop[]): boolean =>
  holders.findLast(({ className }) => !PLAIN.test(className))?.origin === 'library';

/** The same for every link of the chain. */
function chainKey({ kind, stableLabel }: NamedRoot, hops: readonly ReadHop[]): string {
  const links = hops.filter((hop, index) => !isAlike(hop, hops[index - 1]));
  const said = links.map((hop) => `${hop.how} ${isListed(hop) ? '' : hop.name} ${hop.className}`);
  return createHash('sha256')
    .update([kind, stableLabel, ...said].join('\n'))
    .digest('hex');
}

/** By the source of its module: a snapshot does not tell. */
function isConstant({ file }: NamedRoot, list: ReadHop | undefined): boolean {
  if (file === undefined || list?.how !== 'variable') return false;
  try {
    const name = list.name.replaceAll('$', '\\$');
    return new RegExp(`\\bconst\\s+${name}\\b`).test(read(file, 'utf8'));
  } catch {
    return false;
  }
}
