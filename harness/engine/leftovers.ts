import type { Frame } from '../model/frame';
import { packageOf } from '../model/frame';
import { knowsUser } from './opening';
import type { Suspect } from './suspect';

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
  /** Where it was made, innermost. */
  readonly at: Frame | undefined;
}

function* liveBeneath(closed: Suspect): Iterable<{ readonly live: Suspect; readonly by: Suspect }> {
  for (const owned of closed.owns) {
    if (owned.closed === undefined) yield { live: owned, by: closed };
    else yield* liveBeneath(owned);
  }
}

/** The library whose code made it: the nearest frames are a library's, or there are none, and a library is what made its maker. */
function makerPackage(suspect: Suspect): string | undefined {
  const [entry] = suspect.entries;
  const opening = entry?.opening;
  // Made after the close with the user's own code on the stack: they brought it back to life.
  if (entry?.afterClose === true && knowsUser(opening)) return undefined;
  for (let at: typeof entry = entry; at !== undefined; at = at.within) {
    const first = at.opening?.frames[0];
    if (first !== undefined) return first.origin === 'library' ? packageOf(first.file) : undefined;
  }
  return undefined;
}

/** What is left of a root that was closed; `undefined` if it was not. */
export function leftoverOf(root: Suspect): Leftover | undefined {
  if (root.closed === undefined) return undefined;
  const all = [...liveBeneath(root)];
  const [first] = all;
  if (first === undefined) return undefined;
  return {
    ...first,
    count: all.length,
    library: makerPackage(first.live),
    at: first.live.entries[0]?.opening?.frames[0],
  };
}
