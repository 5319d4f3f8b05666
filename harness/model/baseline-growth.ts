import { type BaselineEntry, entryKey } from './baseline';

type IsSame = (now: BaselineEntry, before: BaselineEntry) => boolean;

const isSameLeak: IsSame = (now, before) => entryKey(now) === entryKey(before);
/** What opens it has another name, or is in another file. */
const isRenamed: IsSame = (now, before) =>
  now.kind === before.kind && now.file === before.file && now.test === before.test;

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
  /** Its test has another name, or is in another file. */
  const hasMoved: IsSame = (today, known) => today.fingerprint === known.fingerprint && !stands(known);
  const left = before.map((entry) => ({ entry, places: entry.places }));
  const wanted = now.map((entry) => ({ entry, kept: 0, from: new Set<(typeof left)[number]>() }));
  for (const isSame of [isSameLeak, hasMoved, isRenamed]) {
    for (const want of wanted) {
      for (const known of left) {
        if (!isSame(want.entry, known.entry)) continue;
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

/** What is known of the places that are left stays as it was written, for as long as there are as many. */
function keptEntry(
  entry: BaselineEntry,
  places: number,
  from: readonly { readonly entry: BaselineEntry; readonly places: number }[],
): KeptEntry {
  const changed = from.some((known) => known.places > 0) || from.length > 1;
  const [left] = changed ? [] : from.flatMap((known) => known.entry.left ?? []);
  return { ...entry, places, ...(left === undefined ? {} : { left }), changed };
}

/** How many leaks a baseline holds. */
export const sizeOf = (entries: readonly BaselineEntry[]): number =>
  entries.reduce((sum, { places }) => sum + places, 0);
