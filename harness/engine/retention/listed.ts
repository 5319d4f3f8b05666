import { isHeldByListener, isListed } from '../../model/retained-sentence';
import type { RetainerPath } from '../../model/retainer-path';
import { isPartOfAnother, wholes } from './owned';
import type { Held } from './retained-findings';

/** So few links lead from an entry of a list to what is closed: a connection with its client, its session, its socket. */
const NEAR = 6;

/** What a library keeps, no test can make it let go of. */
const isOfApplication = ({ root: { kind, label } }: RetainerPath): boolean =>
  (kind === 'module' || kind === 'global') && !label.includes('node_modules') && !label.includes('node:');

/** Whether a listener on something of the application's keeps at least so much alive. */
const isHeavy = (path: RetainerPath, leastBytes: number): boolean => isOfApplication(path) && path.bytes >= leastBytes;

/** How much it takes to tell that something lists what is closed, and does not only name the last one. */
type Proof =
  /** It is listed by what is there to list. */
  | { readonly kind: 'listed' }
  /** There are others of the same key, of other tests, or else of the same one if that is enough. */
  | { readonly kind: 'accumulates'; readonly key: string; readonly inOneTest: boolean };

/**
 * Whether something that lives on lists what is closed: a `Map` or a `Set` that ought to have dropped it. An array may be a tuple, an
 * object a record, a listener the only one, and a variable or a property names the last one until the next takes its place; of these
 * it takes more than one to tell, and more than one test, unless a constant holds them. A timer that lives on is a finding itself.
 */
function proofOf({ expected, path, listing }: Held, chains: ReadonlySet<string>): Proof | undefined {
  if (expected.waits !== undefined) return proofOfWaiting(path);
  if (path === undefined || listing === undefined || !isOfApplication(path)) return undefined;
  // What a library names, links or numbers is its own business, and so is what it was given. What it has opened itself and lists for
  // ever in a map or a set is a leak of its own.
  const isBusiness = listing.kind !== 'collection' || expected.byUser === true;
  if (listing.ofLibrary && isBusiness && !chains.has(listing.key)) return undefined;
  const { fingerprint, hops, root } = path;
  const more = (key: string, inOneTest = false): Proof => ({ kind: 'accumulates', key, inOneTest });
  if (isHeldByListener(path)) return root.label === 'process' ? undefined : more(fingerprint);
  const { kind, key, constant } = listing;
  if (kind === 'chain' || kind === 'link') return chains.has(key) ? more(key) : undefined;
  const at = hops.findLastIndex(isListed);
  const beyond = hops.slice(at + 1);
  if (at < 0 || beyond.length > NEAR) return undefined;
  // What a function can see it need not use, nor need whoever lists the function know of it.
  if (beyond.some(({ how }) => how === 'variable')) return more(fingerprint);
  return kind === 'array' ? more(fingerprint, constant) : { kind: 'listed' };
}

/** Code that stands still in an `await`, or that a promise will call: it is in the middle of its work. */
const isSuspended = ({ hops }: RetainerPath): boolean =>
  hops.some(({ how, name }) => how === 'internal' && (name === 'awaited by' || name === 'then'));

/** Whether it is held by what gives its answer: a function of its library's that closes over it, and not a record of the call. */
const isHeldByAnswer = ({ hops }: RetainerPath): boolean => hops.at(-1)?.how === 'variable';

/**
 * Whether something of the application's will let code go on that waits: it lists what the code waits for, listens for it, or names the
 * promise in the midst of which the code stands still, or the function that gives its answer. What the code closes over is its own, so
 * it does not matter over what the way leads from there. An array may be a record of what came, and a variable name the last call.
 */
function proofOfWaiting(path: RetainerPath | undefined): Proof | undefined {
  if (path === undefined || !isOfApplication(path)) return undefined;
  if (isHeldByListener(path) || isSuspended(path)) return { kind: 'listed' };
  const list = path.hops.findLast(isListed);
  if (list === undefined) return isHeldByAnswer(path) ? { kind: 'listed' } : undefined;
  return list.how === 'element' ? { kind: 'accumulates', key: path.fingerprint, inOneTest: false } : { kind: 'listed' };
}

/** Of what nobody asked about, that which is listed for ever. */
export function listedOnly(held: readonly Held[]): Held[] {
  const chains = new Set(
    held.flatMap(({ listing }) => (listing?.kind === 'chain' && !listing.ofLibrary ? listing.key : [])),
  );
  const proofs = new Map(held.map((each) => [each, proofOf(each, chains)]));
  const alike = new Map<string, Held[]>();
  for (const [each, proof] of proofs) {
    if (proof?.kind !== 'accumulates' || !each.expected.unasked) continue;
    const known = alike.get(proof.key);
    if (known === undefined) alike.set(proof.key, [each]);
    else known.push(each);
  }
  const isListedForEver = (each: Held): boolean => {
    const proof = proofs.get(each);
    // A listener that holds what waits is looked at for its weight alone.
    if (proof === undefined || (each.expected.waits === undefined && isPartOfAnother(each, held))) return false;
    if (proof.kind === 'listed') return true;
    const others = alike.get(proof.key) ?? [];
    return proof.inOneTest ? others.length > 1 : new Set(others.map(({ expected }) => expected.scope)).size > 1;
  };
  const listed = held.filter((each) => {
    const { expected, path } = each;
    if (!expected.unasked) return true;
    if (expected.leastBytes !== undefined) return path !== undefined && isHeavy(path, expected.leastBytes);
    return isListedForEver(each);
  });
  return wholes(listed);
}
