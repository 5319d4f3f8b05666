import { isByDesign } from './by-design';
import type { Entry } from './entry';
import { knowsUser, OUTSIDE } from './opening';
import { type Knowledge, type Suspect, suspectOf } from './suspect';

/** Hangs `child` beneath `parent`, unless it has a parent or is above it. */
export type Hang = (child: Suspect, parent: Suspect) => void;

/** Released on its own, and begun by the user's own code: whoever made it for them does not answer for it. */
const isUsers = ({ identity, entries: [first] }: Suspect): boolean =>
  identity.separate === true && knowsUser(first?.opening);

/** Made inside of what was reported: that, and that it was put away, answers for whatever comes of it. */
function isOfReported({ within }: Entry): boolean {
  for (let maker = within; maker !== undefined; maker = maker.within) if (maker.reported) return true;
  return false;
}

/** Whether one of `makers` made it, or what made it. */
function isBy(entry: Entry, makers: readonly Entry[]): boolean {
  for (let maker = entry.within; maker !== undefined; maker = maker.within) if (makers.includes(maker)) return true;
  return false;
}

/**
 * The entry that knows its maker. A session is made when its socket connects, in a tick of Node's: who made the socket made both. But
 * what a thing has made itself tells nothing of who made it, nor does what it has taken over, where the user's own call has made it.
 */
export function madeOf({ entries, owns }: Suspect): Entry | undefined {
  const parts = knowsUser(entries[0]?.opening) ? [] : owns.map((owned) => owned.entries[0]);
  return [entries[0], ...parts].find((entry) => entry?.within !== undefined && !isBy(entry, entries));
}

/**
 * What was made inside of something hangs beneath that: beneath the nearest maker that is live, or else, with all the makers in
 * between, beneath the outermost one, which is closed. A closed maker that left something live is itself brought back as a
 * suspect, for it is what the reader knows, and its closing is what should have ended the rest.
 *
 * @returns the closed makers that are now roots, or between a root and what it left
 */
export function adoptByMakers(suspects: readonly Suspect[], knowledge: Knowledge, hang: Hang): Suspect[] {
  const byEntry = new Map<Entry, Suspect>();
  const bySubject = new Map<object, Suspect>();
  for (const suspect of suspects) {
    bySubject.set(suspect.subject, suspect);
    for (const entry of suspect.entries) byEntry.set(entry, suspect);
  }
  const closed = new Map<Entry, Suspect>();

  const closedMaker = (entry: Entry): Suspect | undefined => {
    const known = closed.get(entry);
    if (known !== undefined) return known;
    const seen = entry.identify();
    if (entry.failure !== undefined) knowledge.failed(entry, entry.failure);
    const identity = seen === undefined ? undefined : knowledge.refine(seen, entry.opening);
    if (identity === undefined) return undefined;
    const suspect: Suspect = { ...suspectOf(entry, identity, knowledge), closed: entry.closing ?? OUTSIDE };
    closed.set(entry, suspect);
    const above = isUsers(suspect) ? undefined : makerOf(entry);
    if (above !== undefined) hang(suspect, above);
    else if (isOfReported(entry)) suspect.answered = true;
    return suspect;
  };

  const makerOf = (made: Entry, sharedBy: readonly object[] = []): Suspect | undefined => {
    for (let maker = made.within; maker !== undefined; maker = maker.within) {
      const live = byEntry.get(maker);
      if (live !== undefined) return live;
    }
    for (const subject of sharedBy) {
      const heir = bySubject.get(subject);
      if (heir !== undefined) return heir;
    }
    for (let maker = made.within; maker !== undefined; maker = maker.within) {
      const over = maker.closing !== undefined || maker.state() === 'released';
      const suspect = over ? closedMaker(maker) : undefined;
      if (suspect !== undefined) return suspect;
    }
    return undefined;
  };

  for (const suspect of suspects) {
    const first = madeOf(suspect);
    if (suspect.parent !== undefined || first?.within === undefined || isUsers(suspect)) continue;
    if (suspect.identity.separate === true && first.within.scope.answerable !== suspect.scope) continue;
    if (isByDesign(suspect, knowledge)) continue;
    const maker = makerOf(first, suspect.identity.sharedBy);
    if (maker !== undefined) hang(suspect, maker);
    else if (isOfReported(first)) suspect.answered = true;
  }
  return [...closed.values()];
}
