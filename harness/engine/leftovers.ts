import type { Frame } from '../model/frame';
import { madeOf } from './makers-of';
import { knowsUser } from './opening';
import { packageNameOf } from './package-name';
import { isTimer, type Suspect } from './suspect';

/** What a closed thing left behind, and how it came to be. */
export interface Leftover {
  /** The outermost thing that is still live. */
  readonly live: Suspect;
  /** What left it: the closed thing itself, or a closed part of it. */
  readonly by: Suspect;
  /** How many such there are, this one included. */
  readonly count: number;
  /** The package that made it, if that is where the defect lies: it was made by a library, and not at the user's bidding after the close. */
  readonly library: string | undefined;
  /** The user's own code made it after the close. */
  readonly revived: boolean;
  /** Where it was made: innermost, or if that is no library's doing, in the user's own code. */
  readonly at: Frame | undefined;
}

/**
 * Whether a timer tells nothing beside the thing it was armed by. What a live one times is its own business; of what a closed one
 * left, timers that hold nothing up come and go as long as there is more that is live.
 */
export function isAside(owned: Suspect, maker: Suspect): boolean {
  if (!isTimer(owned)) return false;
  if (maker.closed === undefined) return maker.identity.made === true;
  return owned.identity.facts?.unref === true && maker.owns.some((each) => !isTimer(each));
}

function* liveBeneath(closed: Suspect): Iterable<{ readonly live: Suspect; readonly by: Suspect }> {
  for (const owned of closed.owns) {
    if (isAside(owned, closed)) continue;
    if (owned.closed === undefined) yield { live: owned, by: closed };
    else yield* liveBeneath(owned);
  }
}

/** Made after the close, with the user's own code on the stack: they brought it back to life. */
const isRevived = ({ entries: [entry] }: Suspect): boolean => entry?.afterClose === true && knowsUser(entry.opening);

/** The library whose code made it: that of what left it, or of the nearest frames there are. */
function makerPackage(suspect: Suspect, by: Suspect): string | undefined {
  const entry = madeOf(suspect) ?? suspect.entries[0];
  if (isRevived(suspect)) return undefined;
  const own = entry?.opening?.frames[0];
  if (own?.origin === 'user') return undefined;
  // With a part of the user's own in between, nobody can say that the library did it.
  for (let at: Suspect | undefined = by; at !== undefined; at = at.parent) {
    const { implementedIn } = at.identity;
    if (implementedIn !== undefined && packageNameOf(implementedIn) === undefined) return undefined;
  }
  const { implementedIn } = by.identity;
  if (implementedIn !== undefined) return packageNameOf(implementedIn);
  for (let at: typeof entry = entry; at !== undefined; at = at.within) {
    const first = at.opening?.frames[0];
    if (first !== undefined) return first.origin === 'library' ? packageNameOf(first.file) : undefined;
  }
  return undefined;
}

/**
 * The most telling one is named, and which that is hangs on nothing that takes time: what is on its way out comes last, and of timers,
 * which come and go, the longest comes first.
 */
function weightOf({ identity, entries, owns }: Suspect): readonly [number, number, number, string] {
  const isEnding = identity.ending === true || entries.some((entry) => entry.state() === 'closing');
  const delayMs = identity.facts?.delayMs;
  const isTimerAlone = owns.length === 0 && entries.every(({ watch }) => watch.transient === true);
  return [isEnding ? 1 : 0, isTimerAlone ? 1 : 0, typeof delayMs === 'number' ? -delayMs : 0, identity.kind];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index];
    if (other !== undefined && value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

/** What is left of a root that was closed; `undefined` if it was not. */
export function leftoverOf(root: Suspect): Leftover | undefined {
  if (root.closed === undefined) return undefined;
  const all = [...liveBeneath(root)].sort((a, b) => compare(weightOf(a.live), weightOf(b.live)));
  const [first] = all;
  if (first === undefined) return undefined;
  const { live, by } = first;
  const { heldAt } = live.identity;
  const library = heldAt === undefined ? makerPackage(live, by) : undefined;
  const frames = heldAt === undefined ? ((madeOf(live) ?? live.entries[0])?.opening?.frames ?? []) : [heldAt];
  const at = library === undefined ? (frames.find(({ origin }) => origin === 'user') ?? frames[0]) : frames[0];
  return { live, by, count: all.length, library, revived: isRevived(live), at };
}
