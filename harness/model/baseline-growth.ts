import { type BaselineEntry, entryKey } from './baseline';

/** By what a leak now is one of the baseline's: those of one text are. */
type Name = (entry: BaselineEntry) => string;

/** What opens it has another name, or is in another file. */
const byTest: Name = ({ kind, file, test }) => JSON.stringify([kind, file, test]);
/** Its test has another name, or is in another file. */
const byOpening: Name = ({ fingerprint }) => fingerprint;

/** A line of the baseline, and how many of its places no leak was found for yet. */
interface Left {
  readonly entry: BaselineEntry;
  places: number;
}

/** What both have of a leak, as it is called now. */
export interface KeptEntry extends BaselineEntry {
  /** Some of its places are mended, or it is what several were: which places are left is to be told anew. */
  readonly changed: boolean;
}

/** Two baselines, place by place. */
export interface Comparison {
  readonly kept: readonly KeptEntry[];
  /** What only the later one has. */
  readonly added: readonly BaselineEntry[];
  /** What only the earlier one has. */
  readonly gone: readonly BaselineEntry[];
}

/**
 * Holds what leaks now against a baseline. Each place of the baseline is good for one place now, under its own name first.
 * @param stands whether the test that an entry of the baseline names is still there: the leak of another test is not that one, moved
 */
export function compare(
  before: readonly BaselineEntry[],
  now: readonly BaselineEntry[],
  stands: (entry: BaselineEntry) => boolean,
): Comparison {
  const left = before.map((entry): Left => ({ entry, places: entry.places }));
  const wanted = now.map((entry) => ({ entry, kept: 0, from: new Set<Left>() }));
  const moved = left.filter(({ entry }) => !stands(entry));
  for (const [candidates, nameOf] of [
    [left, entryKey],
    [moved, byOpening],
    [left, byTest],
  ] as const) {
    const byName = named(candidates, nameOf);
    for (const want of wanted) {
      for (const known of byName.get(nameOf(want.entry)) ?? []) {
        const places = Math.min(known.places, want.entry.places - want.kept);
        if (places === 0) continue;
        known.places -= places;
        want.kept += places;
        want.from.add(known);
      }
    }
  }
  return {
    kept: wanted.flatMap(({ entry, kept, from }) => (kept === 0 ? [] : [keptEntry(entry, kept, [...from])])),
    added: wanted.flatMap(({ entry, kept }) =>
      kept === entry.places ? [] : [{ ...entry, places: entry.places - kept }],
    ),
    gone: left.flatMap(({ entry, places }) => (places === 0 ? [] : [{ ...entry, places }])),
  };
}

/** By name: a baseline may hold thousands, and each leak is not to be held against all of them. */
function named(candidates: readonly Left[], nameOf: Name): ReadonlyMap<string, readonly Left[]> {
  const byName = new Map<string, Left[]>();
  for (const each of candidates) {
    const name = nameOf(each.entry);
    const alike = byName.get(name);
    if (alike === undefined) byName.set(name, [each]);
    else alike.push(each);
  }
  return byName;
}

/** What is known of the places that are left stays as it was written, for as long as there are as many. */
function keptEntry(entry: BaselineEntry, places: number, from: readonly Left[]): KeptEntry {
  const changed = from.some((known) => known.places > 0) || from.length > 1;
  const [left] = changed ? [] : from.flatMap((known) => known.entry.left ?? []);
  return { ...entry, places, ...(left === undefined ? {} : { left }), changed };
}

/** How many leaks a baseline holds. */
export const sizeOf = (entries: readonly BaselineEntry[]): number =>
  entries.reduce((sum, { places }) => sum + places, 0);
