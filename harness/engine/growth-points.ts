import { readdirSync, readlinkSync } from 'node:fs';
import { type Counts, type GrownThing, grows } from '../model/growth';
import type { HeapCounts } from './heap/heap-census';

const readdir = readdirSync;
const readlink = readlinkSync;

/** So many descriptors are named. */
const EXAMPLES = 3;

/** A moment at which all is counted. */
export interface GrowthPoint {
  /** After how many runs. */
  readonly run: number;
  readonly heap: HeapCounts;
  /** By number, with what each leads to. */
  readonly descriptors: ReadonlyMap<string, string>;
}

/** After the warm-up, in the middle, at the end. */
export type GrowthPoints = readonly [GrowthPoint, GrowthPoint, GrowthPoint];

/** What is open now; nothing where the system does not list it as Linux does. */
export function openDescriptors(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let numbers: readonly string[] = [];
  try {
    numbers = readdir('/proc/self/fd');
  } catch {
    // No such list on this system.
  }
  for (const number of numbers) {
    try {
      found.set(number, readlink(`/proc/self/fd/${number}`));
    } catch {
      // The one the list itself was read by.
    }
  }
  return found;
}

const runsBetween = (from: GrowthPoint, to: GrowthPoint): number => to.run - from.run;

/** One count at each of the points. */
export const countsAt = (
  [begin, half, end]: GrowthPoints,
  count: (point: GrowthPoint) => number | undefined,
): Counts => [count(begin) ?? 0, count(half) ?? 0, count(end) ?? 0];

/** How many more with each run. */
export const slopeOf = (counts: Counts, [begin, , end]: GrowthPoints): number =>
  (counts[2] - counts[0]) / runsBetween(begin, end);

/** Whether it grew with every run, in both halves. */
export const growsThroughout = (counts: Counts, [begin, half, end]: GrowthPoints): boolean =>
  grows(counts[0], counts[1], runsBetween(begin, half)) && grows(counts[1], counts[2], runsBetween(half, end));

/** Classes and functions of which there were more with every run of the first half. */
export function grownClasses(begin: GrowthPoint, half: GrowthPoint): readonly string[] {
  const runs = runsBetween(begin, half);
  return [...half.heap.byClass.keys()].filter((name) =>
    grows(begin.heap.byClass.get(name) ?? 0, half.heap.byClass.get(name) ?? 0, runs),
  );
}

/** Whether anything did in the first half: if not, the second need not be looked at. */
export function hasGrown(begin: GrowthPoint, half: GrowthPoint): boolean {
  const runs = runsBetween(begin, half);
  if (grows(begin.descriptors.size, half.descriptors.size, runs)) return true;
  if (grownClasses(begin, half).length > 0) return true;
  for (const [id, size] of half.heap.sizes) {
    const before = begin.heap.sizes.get(id);
    if (before !== undefined && grows(before, size, runs)) return true;
  }
  return false;
}

/** Descriptors, if there are more with every run. */
export function grownDescriptors(points: GrowthPoints, rootDir: string): readonly GrownThing[] {
  const counts = countsAt(points, (point) => point.descriptors.size);
  if (!growsThroughout(counts, points)) return [];
  const [, half, end] = points;
  const examples = [...end.descriptors]
    .filter(([number]) => !half.descriptors.has(number))
    .map(([, target]) => (target.startsWith(`${rootDir}/`) ? target.slice(rootDir.length + 1) : target))
    .slice(0, EXAMPLES);
  return [{ what: 'file descriptors', counts, perRun: slopeOf(counts, points), along: [], examples }];
}
