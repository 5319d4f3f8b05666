import { type Frame, packageOf, userPlace } from '../model/frame';
import type { PathHop } from '../model/retainer-path';
import type { OwnerKind } from '../model/scope';
import { isByDesign } from './by-design';
import type { Entry, Memory } from './entry';
import { adoptByMakers } from './makers-of';
import { knowsUser, type Opening } from './opening';
import type { Identity } from './probe';
import type { Scope } from './scope';

/** What outlives a test, and has opened something for itself while the test ran. */
export interface Keeper {
  readonly scope: Scope;
  /** From a variable or a global to the holder. */
  readonly slots: readonly Pick<PathHop, 'how' | 'name'>[];
  /** Whose variable it is; `undefined` for a global. */
  readonly file: string | undefined;
  /** Class of the holder. */
  readonly holds: string;
  /** The method that closes it, if it has one. */
  readonly closing?: string;
}

/** A live thing as its author knows it: one subject, the entries that make it up, and what hangs beneath it. */
export interface Suspect {
  readonly subject: object;
  readonly identity: Identity;
  /** The scope that answers for it, by its opening. */
  readonly scope: Scope;
  /** The hook it was opened in, or the scope itself. */
  readonly openedIn: Scope;
  readonly owner: OwnerKind;
  /** User and library frames of the opening, innermost first. */
  trace: readonly Frame[];
  /** Oldest first: the first is the opening. */
  readonly entries: Entry[];
  readonly owns: Suspect[];
  parent: Suspect | undefined;
  /** The end that connected to it was reported: it is put away with that, and no finding of its own. */
  answered?: boolean;
  /** Something opened it for the test, and may keep it for others: what, could not be found. */
  readonly holderUnknown?: boolean;
  /** What has opened it may have been made for others, by all that plain data shows: the heap is asked before a test is blamed. */
  readonly mayBeOthers?: true;
  /** It is held by what outlives the test that opened it, and is that one's. */
  readonly keeper?: Keeper & { readonly usedBy: string };
  /** It is closed, and here only because of what it left: by whom it was closed. */
  readonly closed?: Opening | undefined;
}

const knows = (frames: readonly Frame[]): boolean => frames.some((frame) => frame.origin === 'user');

/** The frames of an opening, and those of what it descends from if the user's line is not among them. */
function wayTo(entry: Entry, memory: Memory | undefined): readonly Frame[] {
  const own = entry.opening?.frames ?? [];
  if (knows(own)) return own;
  const remembered = memory?.opening?.frames ?? [];
  if (knows(remembered)) return [...own, ...remembered];
  for (let origin = entry.origin; origin !== undefined; origin = origin.origin) {
    const further = origin.opening?.frames ?? [];
    if (knows(further)) return [...own, ...further];
  }
  const known = entry.scope.answerable;
  const begun = known.beginnings.goingOn(own);
  return knows(begun) ? begun : [...own, ...known.calls.leadingTo(entry.opening)];
}

/** The same; of what goes on by itself that of its first round, which says who began it. */
function traceOf(entry: Entry, memory: Memory | undefined): readonly Frame[] {
  const way = wayTo(entry, memory);
  if (entry.watch.transient !== true) return way;
  const first = knowsUser(entry.opening) ? (entry.origin?.opening?.frames ?? way) : way;
  return entry.scope.answerable.beginnings.goingOn(first);
}

/** The frames of whoever called the package that made it. */
function beyondOwn(trace: readonly Frame[]): readonly Frame[] {
  const own = trace[0] === undefined ? undefined : packageOf(trace[0].file);
  const caller = trace.findIndex((frame) => packageOf(frame.file) !== own);
  return caller < 0 ? trace : trace.slice(caller);
}

/** What else is known of a subject. */
export interface Knowledge {
  memoryOf(subject: object): Memory | undefined;
  refine(identity: Identity, opening: Opening | undefined): Identity | undefined;
  /** The probe that brought an entry cannot judge it: that is said at the end, once. */
  failed(entry: Entry, error: Error): void;
  /** Whether a built-in rule says that it stays by design. */
  ruledOut(identity: Identity, trace: readonly Frame[]): boolean;
  /** Whether its own test made the agent or client that holds it, for nobody else. */
  isOwn(root: Suspect): boolean;
  /** Connected ends that were reported already, by `noteReported`. */
  readonly reportedEnds: ReadonlySet<string>;
}

/** Where it was opened, by the innermost line of the user's; empty if that is not known. */
export const placeOf = ({ trace }: Suspect): string => userPlace(trace);

/** What a live entry is; `undefined` for Node's own plumbing, too. */
function identityOf(entry: Entry, knowledge: Knowledge): Identity | undefined {
  if (entry.reported || entry.state() === 'released') return undefined;
  const seen = entry.identify();
  if (entry.failure !== undefined) knowledge.failed(entry, entry.failure);
  return seen === undefined || entry.failure !== undefined ? undefined : knowledge.refine(seen, entry.opening);
}

/** Whether anything is live among `entries` that has an author. */
export const isAnyThing = (entries: readonly Entry[], knowledge: Knowledge): boolean =>
  entries.some((entry) => identityOf(entry, knowledge) !== undefined);

/**
 * What is live among `entries`, as things and not as handles, each beneath its owner.
 * Node's own plumbing is left out; what it belongs to is here.
 */
export function suspectsAmong(entries: Iterable<Entry>, knowledge: Knowledge): Suspect[] {
  const bySubject = new Map<object, Suspect>();
  for (const entry of entries) {
    const identity = identityOf(entry, knowledge);
    if (identity === undefined) continue;
    const known = bySubject.get(identity.subject);
    if (known === undefined) bySubject.set(identity.subject, suspectOf(entry, identity, knowledge));
    else known.entries.push(entry);
  }
  const live = [...bySubject.values()];
  for (const suspect of live) adopt(suspect, bySubject, knowledge);
  const suspects = [...live, ...adoptByMakers(live, knowledge, hang)];
  joinEnds(suspects, knowledge.reportedEnds);
  adoptAdjuncts(suspects);
  for (const suspect of suspects) if (suspect.parent === undefined) borrowTrace(suspect);
  adoptCompanions(
    suspects.filter((suspect) => suspect.parent === undefined),
    knowledge,
  );
  return suspects;
}

/** A suspect by itself, before it has found its owner. */
export function suspectOf(entry: Entry, identity: Identity, knowledge: Knowledge): Suspect {
  const memory = knowledge.memoryOf(identity.subject);
  const remembered = entry.owner === 'lineage' ? undefined : memory?.scope;
  const trace = traceOf(entry, memory);
  const openedIn = remembered ?? entry.scope;
  return {
    subject: identity.subject,
    identity,
    scope: openedIn.answerable,
    openedIn,
    owner: remembered === undefined ? entry.owner : 'lineage',
    trace: identity.made === true ? beyondOwn(trace) : trace,
    entries: [entry],
    owns: [],
    parent: undefined,
  };
}

/** Hangs a suspect beneath its owner, unless it has one, or is itself the owner's. */
export function hang(child: Suspect, parent: Suspect): void {
  for (let up: Suspect | undefined = parent; up !== undefined; up = up.parent) if (up === child) return;
  if (child.parent !== undefined) return;
  child.parent = parent;
  parent.owns.push(child);
}

function adopt(suspect: Suspect, bySubject: ReadonlyMap<object, Suspect>, knowledge: Knowledge): void {
  for (const subject of suspect.identity.parents ?? []) {
    // An accepted socket outlives its server: the server's opening is still the line to name.
    if (!knows(suspect.trace)) {
      const frames = knowledge.memoryOf(subject)?.opening?.frames ?? [];
      if (knows(frames)) suspect.trace = [...suspect.trace, ...frames];
    }
    const parent = bySubject.get(subject);
    if (parent === undefined || parent === suspect) continue;
    // Where several tests ran at once, nobody is known to have opened it: then what it belongs to answers for it.
    if (suspect.identity.separate === true && suspect.owner !== 'overlap' && parent.scope !== suspect.scope) continue;
    hang(suspect, parent);
    break;
  }
  for (const subject of suspect.identity.children ?? []) {
    const child = bySubject.get(subject);
    if (child !== undefined) hang(child, suspect);
  }
}

/**
 * Two ends of one connection in one process are one thing, and whoever connected answers for it: the accepted end of a server
 * that is closed hangs beneath it.
 * @param reported connected ends that were reported, and may be there still: their accepted ends are no findings of their own
 */
function joinEnds(suspects: readonly Suspect[], reported: ReadonlySet<string>): void {
  const connected = new Map<string, Suspect>();
  for (const suspect of suspects) {
    const way = wayOut(suspect);
    if (way !== undefined) connected.set(way, suspect);
  }
  if (connected.size === 0 && reported.size === 0) return;
  for (const suspect of suspects) {
    const { ends } = suspect.identity;
    if (ends === undefined || !ends.accepted) continue;
    const root = rootOf(suspect);
    if (root.identity.listening === true) continue;
    const way = `${ends.other} ${ends.own}`;
    const peer = connected.get(way);
    // Beneath an idle connection of `fetch`, whose request was told of, nothing would ever be put away.
    if (reported.has(way)) root.answered = true;
    else if (peer !== undefined) hang(root, peer);
  }
}

/** Notes that `suspect` was reported, if it is an end that connected, or goes over one. */
export function noteReported(suspect: Suspect, reported: Set<string>): void {
  const { over } = suspect.identity;
  const way = over === undefined ? wayOut(suspect) : `${over.own} ${over.other}`;
  if (way !== undefined) reported.add(way);
}

/** From where to where somebody has connected; `undefined` for an accepted end, and for what has none. */
function wayOut({ identity: { ends } }: Suspect): string | undefined {
  return ends === undefined || ends.accepted || ends.own === '' ? undefined : `${ends.own} ${ends.other}`;
}

/** A session is made when its socket connects, in a tick without the user's frames: the call that made the socket made both. */
function borrowTrace(root: Suspect): void {
  if (knows(root.trace)) return;
  const lender = root.owns.find((owned) => knows(owned.trace) && owned.scope === root.scope);
  if (lender !== undefined) root.trace = [...root.trace, ...lender.trace];
}

/** A signal's handle beneath its listener: same opening line, same scope, and of no interest of its own. */
function adoptAdjuncts(suspects: readonly Suspect[]): void {
  const adjuncts = suspects.filter((suspect) => suspect.identity.adjunct === true && suspect.parent === undefined);
  if (adjuncts.length === 0) return;
  const roots = new Map<string, Suspect>();
  for (const suspect of suspects) {
    const at = placeOf(suspect);
    if (at !== '' && suspect.identity.adjunct !== true && !roots.has(at)) roots.set(at, suspect);
  }
  for (const adjunct of adjuncts) {
    const root = roots.get(placeOf(adjunct));
    if (root !== undefined && root.scope === adjunct.scope) hang(adjunct, root);
  }
}

/** Nothing but timers: gone without anyone's act. */
export const isTimer = (suspect: Suspect): boolean => suspect.entries.every((entry) => entry.watch.transient === true);

/** Opened by a test itself. */
export const isOfTest = ({ scope }: Suspect): boolean => scope.kind === 'test';

/** Its test is over, and so is whoever might have needed it for the next one. */
export const isOver = ({ scope }: Suspect): boolean => scope.kind !== 'test' || scope.sealed;

const isLibrarys = (suspect: Suspect): boolean => suspect.trace[0]?.origin === 'library';

const isLate = (suspect: Suspect): boolean => suspect.entries.every((entry) => entry.late);

/** By what the things of one call of the user's into a library are known: its line, or where none is known, the library. */
const callOf = ({ scope, trace }: Suspect): string =>
  `${scope.id} ${userPlace(trace) || packageOf(trace[0]?.file ?? '')}`;

/**
 * One call of the user's into a library, one leak: the timers it armed (a pool's idle timeout, a client's keep-alive) hang beneath
 * the connection it made, and go when that is closed; what it went on to make when its test was over, beneath what it had made before.
 * Beneath what stays by design, an idle connection of `fetch`, nothing would ever go.
 */
function adoptCompanions(roots: readonly Suspect[], knowledge: Knowledge): void {
  const made = new Map<string, Suspect>();
  const before = new Map<string, Suspect>();
  const librarys = roots.filter(isLibrarys);
  for (const root of librarys) {
    const call = callOf(root);
    if (isByDesign(root, knowledge)) continue;
    if (!isTimer(root) && !made.has(call)) made.set(call, root);
    if (!isLate(root) && !before.has(call)) before.set(call, root);
  }
  for (const root of librarys) {
    const call = callOf(root);
    const owner = (isTimer(root) ? made.get(call) : undefined) ?? (isLate(root) ? before.get(call) : undefined);
    if (owner !== undefined && owner !== root) hang(root, owner);
  }
}

/** The topmost owner of a suspect. */
export function rootOf(suspect: Suspect): Suspect {
  let root = suspect;
  while (root.parent !== undefined) root = root.parent;
  return root;
}
