import type { Thing } from './resource';
import type { PathHop, RetainerPath } from './retainer-path';
import type { ScopeRef } from './scope';
import { capital, grouped, nameOf } from './sentence';

/** What the sentence on something that is still reachable is composed from. */
export interface RetainedSaying {
  readonly scope: ScopeRef;
  readonly root: Thing;
  readonly plural: string;
  readonly count: number;
  /** Past participle of its end, `closed`, where somebody saw that; otherwise the test itself said that it is done with. */
  readonly ended: string | undefined;
  /** The method that ended it, where the link should have been cut. */
  readonly endedBy?: string;
  readonly path: RetainerPath | undefined;
  /** Takes the place of the remedy that the path gives. */
  readonly remedy?: string;
  /** Why there is no path. */
  readonly untraced?: string;
  /** It is code that waits: what is to be cut is what keeps it waiting, and not what it closes over itself. */
  readonly waits?: boolean;
}

/** The sentence and the remedy of an object that should be gone. */
export function sayRetained(saying: RetainedSaying): string {
  const { root, scope, count, ended, plural } = saying;
  const many = count > 1;
  const oneOfThem = root.label === '' ? '' : `, one of them ${nameOf(root)},`;
  const subject = many ? `${grouped(count)} ${plural}${oneOfThem}` : capital(nameOf(root));
  // Of what a suite's server accepts nobody knows in which test it was closed.
  const where = scope.kind === 'test' ? ' in this test' : '';
  const end = ended === undefined ? 'should be gone by now' : `${many ? 'were' : 'was'} ${ended}${where}`;
  const are = many ? 'are' : 'is';
  return `${subject} ${end}, yet ${are} still reachable.\n${remedyOf(saying)}`;
}

function remedyOf({ path, remedy, untraced, endedBy, ended, count, waits }: RetainedSaying): string {
  if (remedy !== undefined) return `${remedy}.`;
  if (path === undefined) return untraced ?? 'Let go of it when it is done with.';
  const it = count > 1 ? 'them' : 'it';
  const done = `when ${count > 1 ? 'they are' : 'it is'} ${ended ?? 'done with'}`;
  const cut = (waits === true ? waitOf(path) : undefined) ?? cutOf(path, it);
  return `${cut} ${endedBy === undefined ? done : `in \`${endedBy}()\``}.`;
}

/** An element of a collection, by whatever kind of collection. */
export const isListed = ({ how }: Pick<PathHop, 'how'>): boolean =>
  how === 'element' || how === 'key' || how === 'value' || how === 'member';

/** Whether a link leads from what is no more than an entry of a list: a record of no class, or a function that sees what it leads to. */
const isEntry = (from: PathHop | undefined, link: PathHop | undefined): boolean =>
  from?.holds === 'Object' || (link?.how === 'variable' && isFunction(from));

/** The links that may be cut: those the heap suspects, or else all. */
function cutAt({ hops }: RetainerPath): number {
  const suspected = hops.some(({ suspect }) => suspect === true);
  const mayBe = (hop: PathHop): boolean => hop.suspect === true || !suspected;
  const listed = hops.findLastIndex((hop) => isListed(hop) && mayBe(hop));
  if (listed >= 0) return listed;
  let at = hops.findLastIndex((hop) => mayBe(hop) && hop.how !== 'internal');
  // A record of no class is part of the list it stands in, and so is a function.
  while (at > 0 && isEntry(hops[at - 1], hops[at]) && hops.slice(0, at).some(isListed)) {
    at -= 1;
    if (hops[at] !== undefined && isListed(hops[at] as PathHop)) break;
  }
  return at;
}

const isName = (text: string): boolean => /^#?[\p{ID_Start}$_][\p{ID_Continue}$.]*$/u.test(text);

/** `Protocol.invokers`: what a link is called by those who wrote it, with the class it is in if that has a name. */
function named(hops: readonly PathHop[], at: number): string | undefined {
  const hop = hops[at];
  if (hop === undefined || isListed(hop) || !(isName(hop.name) || hop.how === 'symbol')) return undefined;
  const owner = hops[at - 1]?.holds.replace(/ \(.*$/, '');
  if (owner === undefined || hop.how === 'variable' || !isName(owner) || /^(?:Object|function)$/i.test(owner)) {
    return hop.how === 'symbol' ? `[${hop.name}]` : hop.name;
  }
  return hop.how === 'symbol' ? `${owner}[${hop.name}]` : `${owner}.${hop.name}`;
}

/** Whether two links in a row are those of a list. */
const isAlike = (a: PathHop, b: PathHop | undefined): boolean =>
  b !== undefined && a.how === 'property' && a.how === b.how && a.name === b.name && a.holds === b.holds;

function cutOf(path: RetainerPath, it: string): string {
  const { hops, root } = path;
  const at = cutAt(path);
  if (isHeldByListener(path)) return 'Remove the listener that holds it';
  const link = hops[at];
  if (link !== undefined && isListed(link)) {
    const list = named(hops, at - 1);
    const isSeen = hops.slice(at + 1).some(({ how }) => how === 'variable');
    const what = isSeen ? `the function that holds ${it}` : it;
    return list === undefined
      ? `Remove ${what} from what lists ${isSeen ? 'that' : it}`
      : `Remove ${what} from \`${list}\``;
  }
  const chain = hops.findIndex((hop, index) => isAlike(hop, hops[index + 1]));
  if (chain > 0) return `Unlink ${it} from the list that \`${named(hops, chain - 1) ?? hops[chain - 1]?.name}\` begins`;
  if (root.kind === 'timer') return `Clear the timer that holds ${it}`;
  const name = named(hops, at);
  return name === undefined ? `Let go of ${it}` : `Clear \`${name}\``;
}

/** What code waits for that nothing lists and nothing listens for: a promise, the function that settles it, or the one that gives an answer. */
function waitOf(path: RetainerPath): string | undefined {
  const { hops } = path;
  if (isHeldByListener(path) || hops.some(isListed)) return undefined;
  const within = hops.findIndex(({ how }, at) => at > 0 && (how === 'internal' || isFunction(hops[at - 1])));
  const name = named(hops, within - 1);
  if (name === undefined) return undefined;
  return hops[within]?.how === 'internal' ? `End the wait for \`${name}\`` : `Clear \`${name}\``;
}

const isFunction = (hop: PathHop | undefined): boolean => hop !== undefined && /^function\b/.test(hop.holds);

/** Whether some emitter's listener holds it. */
export const isHeldByListener = ({ hops }: RetainerPath): boolean =>
  hops.some(({ how, name }) => how === 'internal' && name.startsWith('listener of '));
