import { readFileSync, statSync } from 'node:fs';
import { getHeapSpaceStatistics } from 'node:v8';

// A test may have put stand-ins in their place.
const fs = { readFileSync, statSync };
const spaces = getHeapSpaceStatistics;
const parse = JSON.parse;

/** Lists and texts from this size on have a space of their own. */
const LARGE_BYTES = 1 << 17;
const POINTER_BYTES = 8;
/** Fewer are not worth it. */
const FEWEST = 1 << 17;
/**
 * More are not prepared: large things may be texts, or lists of numbers, and for these it is all in vain. Measured in a heap of 60 MB
 * with a table of a million numbers: without this end a snapshot of 450 MB and 69 s in place of 52 MB and 14 s.
 */
const MOST = 600_000;
/** So many fields an object has without becoming a dictionary. */
const FIELDS = 100;

/**
 * Numbers as values of fields, for as long as a snapshot is written. V8 names each link of a list by its index, and keeps a buffer of a
 * kilobyte for each such name, 0.6 GB for a list of 560,000, unless it knows the text: that of a number it has met as a value takes a
 * fraction. Large lists are visited last. Measured on Node 20 with lists of 560,000 small objects: at the peak 0.65 GB in place of 1.07
 * GB, or 0.82 in place of 1.26.
 */
export class IndexNames {
  readonly #numbers: readonly object[];

  /** @param count for indices below it */
  constructor(count: number) {
    const numbers: object[] = [];
    for (let from = 0; from < count; from += FIELDS) {
      const fields = Array.from({ length: FIELDS }, (_, field) => `"n${field}":${from + field}`);
      numbers.push(parse(`{${fields.join()}}`) as object);
    }
    this.#numbers = numbers;
  }

  /** How many numbers there are. To be read when the snapshot is written: until then they have to be there. */
  get count(): number {
    return this.#numbers.length * FIELDS;
  }
}

/** How many elements the longest list may have, by what large things take up; 0 if names of indices will not matter. */
export function longestList(): number {
  const large = spaces().filter(({ space_name }) => /^(?:new_)?large_object_space$/.test(space_name));
  const used = large.reduce((sum, space) => sum + space.space_used_size, 0);
  const longest = (used: number): number => Math.floor(used / POINTER_BYTES);
  if (longest(used) < FEWEST) return 0;
  const count = longest(used - bytesOfSources());
  return count < FEWEST ? 0 : Math.min(count, MOST);
}

/** What the texts of large modules of this realm take up: compilers, and what the runner is made of. */
function bytesOfSources(): number {
  let bytes = 0;
  for (const path of Object.keys(require.cache)) {
    try {
      const { size } = fs.statSync(path);
      if (2 * size < LARGE_BYTES) continue;
      // Characters beyond Latin-1 make two bytes of each.
      const isWide = /[\u00c4-\u00ff]/.test(fs.readFileSync(path, 'latin1'));
      if (isWide || size >= LARGE_BYTES) bytes += isWide ? 2 * size : size;
    } catch {
      // It was loaded from a place that is no more.
    }
  }
  return bytes;
}
