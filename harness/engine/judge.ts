import type { Lexicon } from '../model/resource';
import { isByDesign } from './by-design';
import { nowMs } from './clock';
import type { Entry } from './entry';
import { isDirect } from './held-by';
import type { Holders } from './holders';
import { isUnrefd } from './native';
import type { Scope } from './scope';
import type { Patience } from './settle';
import type { Suspect } from './suspect';
import { isAnyThing, isTimer, type Knowledge, rootOf, suspectsAmong } from './suspect';

/** One of a flood, past the budget of stacks: its line is that of its likes, and its verdict falls with theirs. */
const isLost = (root: Suspect): boolean => root.trace.length === 0 && root.owner === 'lineage' && isTimer(root);

/** It re-arms itself, or may, and had no stack yet. */
const isUnseen = (root: Suspect): boolean =>
  isLost(root) || (root.identity.repeats === true && root.entries[0]?.opening === undefined);

/** Its line is known by what it descends from at best. */
const hasNoStack = (root: Suspect): boolean => isTimer(root) && root.entries[0]?.opening === undefined;

/** When a root's verdict is due. `never`: by design, or none of this scope's business. */
export type Due = 'now' | 'at-file-end' | 'never';

/** What a look at a scope found: roots whose verdict is due now. */
export interface Look {
  readonly due: readonly Suspect[];
  /** Something of the scope whose verdict is not due is being closed, or may be soon: that may still end what is due. */
  readonly busy: boolean;
  /** The same, but only a collection can tell. */
  readonly collectable: readonly Suspect[];
  /** A request of the scope is under way: what waits for its answer may go on then. */
  readonly underWay: boolean;
  /**
   * Scopes of what is due, and had no stack within the budget: what re-arms itself may show its line, or that it is Node's, the next time.
   * If nothing is due, of what may be for want of one.
   */
  readonly blind: readonly Scope[];
}

/** It is being closed. */
export const isClosing = ({ identity, entries }: Suspect): boolean =>
  identity.ending === true || entries.some((entry) => entry.state() === 'closing');

/** Something the user opened, whose verdict is put off, may be what a pending timer is about to close; a library's hardly is. */
const mayBeEnding = (root: Suspect): boolean => root.trace[0]?.origin === 'user' || isClosing(root);

export const NOTHING: Look = { due: [], busy: false, collectable: [], underWay: false, blind: [] };

/** How much patience a look calls for. */
export function patienceWith(seen: Look): Patience {
  if (seen.due.length === 0) return seen.underWay ? 'grace' : 'none';
  const oneShots = seen.due.every(
    (root) =>
      (root.trace[0] === undefined || root.trace[0].origin === 'user') &&
      root.owns.length === 0 &&
      root.entries.every((entry) => entry.watch.transient === true && root.identity.repeats !== true),
  );
  return oneShots && !seen.busy ? 'brief' : 'grace';
}

/**
 * A library made it as it was loaded, and let the process end without it: it is there for as long as that copy of the library, by the
 * author's own word. Nobody has called for it, and nobody can release it. The same of what it armed anew since.
 */
function comesWithItsLibrary({ entries: [first] }: Suspect): boolean {
  const importing = first?.opening?.importing ?? first?.origin?.opening?.importing;
  return importing === 'library' && first?.resource !== undefined && isUnrefd(first.resource);
}

/** By design, or a part of a library itself. */
const staysByDesign = (root: Suspect, knowledge: Knowledge): boolean =>
  isByDesign(root, knowledge) || comesWithItsLibrary(root);

/** The verdict was put off, and may be spared: by what takes too long to be asked of all. */
const isSpared = ({ identity }: Suspect): boolean => identity.isLibrarys?.() === true;

const isCollectable = ({ identity, entries }: Suspect): boolean =>
  identity.collectable === true || entries.every((entry) => entry.watch.collectable === true);

/** It may be over before long, or is over already: a collection is asked only when it had its time. */
const mayBeUnderWay = (root: Suspect): boolean => root.identity.momentary === true && isCollectable(root);

/** Nobody else will release it: it is stranded itself, or something is that it has left after its own close. */
const hasStranded = (suspect: Suspect): boolean =>
  suspect.identity.stranded === true || (suspect.closed !== undefined && suspect.owns.some(hasStranded));

/** It waits so long that it will be there when the file ends, unless its keeper ends it: what a cache arms for an entry. */
function outlasts({ resource, watch }: Entry): boolean {
  return resource !== undefined && watch.lasts?.(resource) === true;
}

/** So long a job may be under way that is one of a poller's: what that arms between two of them tells more. */
const YOUNG_MS = 200;

const isYoung = ({ opening }: Entry): boolean => opening !== undefined && nowMs() - opening.atMs < YOUNG_MS;

/**
 * When the verdict on `root` falls. Lineage says who acted, the root says whose it is: what the test's own code opened is the
 * test's, at once; what a library opened, or a function of the user's that may keep it for somebody else, may be a pool's
 * and is judged when the file's last hook has run. Deferring makes a report later, never weaker; only what goes away by
 * itself before long cannot wait.
 * @param isConnected an accepted connection is still there, whosever it is
 */
function whenDue(root: Suspect, words: Lexicon, knowledge: Knowledge, isConnected: boolean): Due {
  const { identity } = root;
  const entry = root.entries[0] as Entry;
  if (staysByDesign(root, knowledge)) return 'never';
  if (identity.diesWithFile === true && root.scope.lifetime.kind === 'file') return 'never';
  if (root.scope.kind === 'file') return 'at-file-end';
  if (hasStranded(root)) return 'now';
  if (root.closed !== undefined) return 'at-file-end';
  if (entry.late || root.owner === 'overlap') return 'at-file-end';
  // Waited for, an idle connection of the test's own agent would be gone with the server of somebody else's that it leads to.
  if (identity.pool === 'private') return root.scope.kind === 'test' && knowledge.isOwn(root) ? 'now' : 'at-file-end';
  const frames = root.trace;
  const first = frames[0];
  if (first === undefined) return 'at-file-end';
  if (first.origin !== 'user') return 'at-file-end';
  if (identity.momentary === true && isYoung(entry)) return 'at-file-end';
  // The handler of an accepted connection has armed it, or may have, and clears it with that.
  const isServers = entry.opening?.served === true || root.owner === 'window';
  if (!words.pooled && !outlasts(entry)) return isConnected && isServers ? 'at-file-end' : 'now';
  // Known by the time alone: the handler of a server that is older than the test may have opened it for that one.
  if (root.owner === 'window') return 'at-file-end';
  return isDirect(frames) ? 'now' : 'at-file-end';
}

/**
 * Looks at what `scope` has opened, in the light of what encloses it.
 * @param deferred what is put off already: a thing of this scope may be the other end of one of these
 * @param hasty verdicts that would wait for the end of the file are due now, save on what these know to be of an outer scope
 */
export function look(
  scope: Scope,
  lexiconOf: (kind: string) => Lexicon,
  knowledge: Knowledge,
  deferred: readonly Entry[],
  hasty: Holders | undefined,
): Look {
  let underWay = scope.requests.areUnderWay();
  // Most tests leave at most Node's own plumbing behind: then nothing else needs to be understood.
  if (!isAnyThing(scope.entries, knowledge)) return { ...NOTHING, underWay };
  const entries: Entry[] = [...deferred];
  for (let outer: Scope | undefined = scope.parent; outer !== undefined; outer = outer.parent) {
    entries.push(...outer.entries);
  }
  const dueNow: Suspect[] = [];
  const collectable: Suspect[] = [];
  const lost: Suspect[] = [];
  const hurried: Suspect[] = [];
  const seen = new Set<Suspect>();
  const blind: Scope[] = [];
  let busy = false;
  const suspects = suspectsAmong([...entries, ...scope.entries], knowledge);
  const isConnected = suspects.some(({ identity }) => identity.ends?.accepted === true);
  for (const suspect of suspects) {
    const root = rootOf(suspect);
    if (seen.has(root)) continue;
    seen.add(root);
    if (root.scope !== scope) continue;
    if (isUnseen(root)) blind.push(scope);
    const due = whenDue(root, lexiconOf(root.identity.kind), knowledge, isConnected);
    if (due === 'at-file-end' && hasty !== undefined) hurried.push(root);
    else if (due === 'at-file-end' && isLost(root)) lost.push(root);
    else if (due === 'now') {
      (isCollectable(root) ? collectable : dueNow).push(root);
      underWay ||= mayBeUnderWay(root);
    } else if (mayBeEnding(root)) {
      busy = true;
      underWay ||= root.identity.momentary === true;
    }
  }
  const fallen = hasty?.notShared(hurried).filter((root) => !isSpared(root)) ?? [];
  for (const root of fallen) (isCollectable(root) ? collectable : dueNow).push(root);
  const kinds = new Set(dueNow.map((root) => root.identity.kind));
  const due = [...dueNow, ...lost.filter((root) => kinds.has(root.identity.kind))];
  const unseen = due.length === 0 ? blind : due.filter(hasNoStack).map(() => scope);
  return { due, busy, underWay, collectable, blind: unseen };
}

/** Looks at all that is left of a file, its deferred and late births too. What hangs beneath a thing of the run's is none of the file's. */
export function lookAtAll(entries: readonly Entry[], knowledge: Knowledge, file: Scope): Look {
  const due: Suspect[] = [];
  const collectable: Suspect[] = [];
  const blind: Scope[] = [];
  for (const suspect of suspectsAmong(entries, knowledge)) {
    if (suspect.parent !== undefined || staysByDesign(suspect, knowledge)) continue;
    if (suspect.scope.kind === 'run') continue;
    if (suspect.identity.diesWithFile === true && suspect.scope.lifetime.kind === 'file') continue;
    if (isSpared(suspect)) continue;
    if (isUnseen(suspect) || hasNoStack(suspect)) blind.push(suspect.scope);
    (isCollectable(suspect) ? collectable : due).push(suspect);
  }
  const underWay = file.requests.areUnderWay() || collectable.some(mayBeUnderWay);
  return { due, busy: false, collectable, underWay, blind };
}
