import { appendFileSync } from 'node:fs';

/** Where a suite leaves its figures: the path of a file, one JSON object a line. */
const FIGURES_VARIABLE = 'BENCH_FIGURES';

/** Leaves one figure for whoever started this run. Does nothing in a run that measures only the whole. */
export function record(measure: string, value: number): void {
  const path = process.env[FIGURES_VARIABLE];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify({ measure, value })}\n`);
}

/** Nanoseconds since `startNs`. */
export const sinceNs = (startNs: bigint): number => Number(process.hrtime.bigint() - startNs);

/** How often a suite repeats a measurement in one run; the first repetitions warm V8 up. */
export const REPETITIONS = 5;

/** The middle one of an odd number of figures. */
export function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
