import { type Holder, isDirect } from './held-by';
import { hang, isTimer, placeOf, type Suspect } from './suspect';

/** The call of the test's own body into a library that opened it; `undefined` if it was opened in any other way. */
function callOf(root: Suspect): string | undefined {
  const { scope, trace, closed, keeper, identity } = root;
  if (closed !== undefined || keeper !== undefined || identity.separate === true) return undefined;
  if (trace[0]?.origin !== 'library' || !isDirect(trace)) return undefined;
  return `${scope.id} ${placeOf(root)}`;
}

/**
 * One call of the test's own into a library, one leak, however unlike the things are that it has left: a browser is a child process
 * and a connection to it. The first one stands for the others. Several of its own kind are several, and counted.
 */
export function byCall(roots: readonly Suspect[]): readonly Suspect[] {
  const first = new Map<string, Suspect>();
  return roots.filter((root) => {
    const call = callOf(root);
    if (call === undefined) return true;
    const head = first.get(call);
    if (head === undefined) first.set(call, root);
    else if (head.identity.kind !== root.identity.kind) hang(root, head);
    return root.parent === undefined;
  });
}

/** Something left, and the client of its own test's that holds it. */
interface Held {
  readonly root: Suspect;
  readonly holder?: Holder | undefined;
}

/**
 * One client, one leak: the connection that it keeps, and the timer by which it looks after that, are ended by the same call, which a
 * library has made. The connection stands for both. What the user's own emitter holds may have been opened by several lines of theirs.
 */
export function byClient(told: readonly Held[]): readonly Suspect[] {
  const heads = new Map<Holder, Suspect>();
  for (const { root, holder } of told)
    if (isLibrarys(holder) && !isTimer(root) && !heads.has(holder)) heads.set(holder, root);
  for (const { root, holder } of told) {
    const head = isLibrarys(holder) ? heads.get(holder) : undefined;
    if (head !== undefined && isTimer(root)) hang(root, head);
  }
  return told.map(({ root }) => root).filter((root) => root.parent === undefined);
}

const isLibrarys = (holder: Holder | undefined): holder is Holder =>
  holder?.entry.opening?.frames[0]?.origin === 'library';
