/**
 * The middle figure, or the mean of the two in the middle: one disturbed run does not move it.
 * @throws RangeError for no figures at all
 */
export function median(figures: readonly number[]): number {
  if (figures.length === 0) throw new RangeError('the median of nothing is not defined');
  const sorted = [...figures].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}

/** How two series of the same rounds compare: by the median over rounds, so that what slows a whole round down cancels out. */
export type Comparison = (figure: number, base: number) => number;

/** How many times as much. */
export const ratio: Comparison = (figure, base) => figure / base;

/** How much more. */
export const difference: Comparison = (figure, base) => figure - base;

/**
 * Compares round by round and takes the median. A round that either series lacks is left out.
 * @returns `undefined` if no round has both
 */
export function compare(
  figures: readonly (number | undefined)[],
  base: readonly (number | undefined)[],
  by: Comparison,
): number | undefined {
  const compared = figures.flatMap((figure, round) => {
    const other = base[round];
    return figure === undefined || other === undefined ? [] : [by(figure, other)];
  });
  return compared.length === 0 ? undefined : median(compared);
}

/** One turn of one contender. */
export interface Turn<T> {
  readonly round: number;
  readonly contender: T;
}

/**
 * The order of a fair comparison: every contender once a round, every other round backwards, so that neither a slow drift of the
 * machine nor the place in the row favours anybody.
 */
export function interleave<T>(contenders: readonly T[], rounds: number): Turn<T>[] {
  return Array.from({ length: rounds }, (_, round) => {
    const row = round % 2 === 0 ? contenders : [...contenders].reverse();
    return row.map((contender) => ({ round, contender }));
  }).flat();
}
