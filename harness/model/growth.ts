import { drawPath, type RetainerPath } from './retainer-path';
import { indented } from './sentence';

/** How much of something there was after the warm-up, in the middle and at the end. */
export type Counts = readonly [number, number, number];

/** One thing that every run of a scenario leaves behind. */
export interface GrownThing {
  /** `` `Invoker` ``, `` function `onTick` ``, `entries of a Map`, `file descriptors`. */
  readonly what: string;
  readonly counts: Counts;
  /** How many more with each run. */
  readonly perRun: number;
  /** Where it is made, or else where its class is written: `src/protocol.ts:31`. */
  readonly madeAt?: string;
  /** What else comes with each, held by it alone. */
  readonly along: readonly string[];
  /** What holds it. */
  readonly path?: RetainerPath;
  /** For what has no path: a few of them by name. */
  readonly examples?: readonly string[];
}

/** What grew while a scenario was run again and again. */
export interface Growth {
  /** After how many runs it was counted; the last is how many there were. */
  readonly after: Counts;
  readonly grown: readonly GrownThing[];
}

/** So many things that come along are named. */
const MOST_ALONG = 5;

/** `3`, `1.5`. */
const rounded = (number: number): string => String(Math.round(number * 10) / 10);

/** What is told of a row, beneath it. */
const BENEATH = '      ';

function row(cells: readonly string[], last: string): string {
  return `  ${cells.map((cell) => cell.padStart(8)).join('')}   ${last}`.trimEnd();
}

function along(names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > MOST_ALONG ? ' …' : '';
  return `, each with ${names.slice(0, MOST_ALONG).join(', ')}${more}`;
}

function sayThing({ what, counts, perRun, madeAt, path, examples, along: others }: GrownThing): string {
  const made = madeAt === undefined ? '' : `, ${madeAt}`;
  const lines = [row([`+${rounded(perRun)}`, ...counts.map(String)], `${what}${made}${along(others)}`)];
  if (path !== undefined) {
    const mark = `← ${rounded(perRun)} more with every run`;
    lines.push(indented(drawPath(path).replace(/← should be gone.*$/m, mark), BENEATH));
  }
  for (const example of examples ?? []) lines.push(indented(example, BENEATH));
  return lines.join('\n');
}

/** The sentence on a scenario that grows, and the table of what does. */
export function sayGrowth({ after, grown }: Growth): string {
  const heading = row(['per run', ...after.map((run, index) => (index === 0 ? `after ${run}` : String(run)))], '');
  return `Every run of this scenario leaves something behind: of ${after[2]} runs each added to what is counted here.\nRelease it, or forget it, before the scenario ends.\n\n${heading}\n${grown.map(sayThing).join('\n\n')}`;
}

/** Runs in which this may fail to grow, or grow by chance: a straggler or two after a collection is no leak, a slope is. */
const slack = (runs: number): number => (runs >= 6 ? 2 : 1);

/** Whether something grows with every run, from one count to the next. */
export const grows = (before: number, after: number, runs: number): boolean => after - before >= runs - slack(runs);
