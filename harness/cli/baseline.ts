import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../config';
import { BASELINE_FILE, type BaselineEntry, renderBaseline } from '../model/baseline';
import { compare, sizeOf } from '../model/baseline-growth';
import { readBaseline, resolveProject } from '../runners/project';
import { shownPath } from '../runners/project-config';
import { EXIT_CODES } from './exit-code';
import { writeText } from './outputs';
import { checkAsked, type TodaysLeaks, todaysLeaks } from './todays-leaks';

/** The options of `leakgate baseline`, as typed. */
export interface BaselineFlags {
  readonly report?: string;
}

/** A project's baseline. */
interface Baseline {
  readonly home: string;
  readonly path: string;
  /** The file, as the user knows it. */
  readonly file: string;
  /** `undefined` if there is none. */
  readonly entries: readonly BaselineEntry[] | undefined;
}

/** Read before anything runs, and for its sake: what is malformed is left as it is. */
function baselineOf(cwd: string): Baseline {
  const { home } = resolveProject(cwd);
  const path = join(home, BASELINE_FILE);
  return { home, path, file: shownPath(path), entries: readBaseline(home) };
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** No file says that there is nothing to say, and none is touched that says the same already. */
function save(path: string, entries: readonly BaselineEntry[]): void {
  const text = renderBaseline(entries);
  if (entries.length === 0) rmSync(path, { force: true });
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeText(path, text);
}

function sayUnfit({ file, entries }: Baseline, { why, code }: TodaysLeaks & { readonly state: 'unfit' }): number {
  process.stderr.write(
    `leakgate: ${file} ${entries === undefined ? 'was not written' : 'stays as it was'}, for ${why}.\n`,
  );
  return code;
}

function shrink({ path, file }: Baseline, before: readonly BaselineEntry[], after: readonly BaselineEntry[]): number {
  const mended = sizeOf(before) - sizeOf(after);
  save(path, after);
  const became = after.length === 0 ? 'is empty, and deleted' : `holds ${count(sizeOf(after), 'leak')}`;
  say(
    mended === 0 ? `${file} ${became}, as before.` : `${count(mended, 'leak')} less: ${file} ${became}. Commit that.`,
  );
  return EXIT_CODES.clean;
}

/**
 * `leakgate baseline write`: records what leaks today. A baseline that is there only ever shrinks: a leak whose file or function was
 * renamed may change its line, and nothing may be added.
 * @returns the exit code
 * @throws {UsageError} for a malformed baseline, or wrong usage; the file is as it was
 */
export async function writeBaseline(words: readonly string[], { report }: BaselineFlags, cwd: string): Promise<number> {
  checkAsked({ words, report });
  const baseline = baselineOf(cwd);
  const { home, path, file, entries: before } = baseline;
  const today = await todaysLeaks({ words, report, cwd, home });
  if (today.state === 'unfit') return sayUnfit(baseline, today);
  const { entries: now } = today;
  if (before === undefined) {
    save(path, now);
    say(
      now.length === 0
        ? 'Nothing leaks: there is no need for a baseline.'
        : `${file} holds ${count(sizeOf(now), 'leak')}. Commit it: these fail no test from now on, and new ones do.`,
    );
    return EXIT_CODES.clean;
  }
  const { added, kept } = compare(before, now);
  if (added.length === 0) return shrink(baseline, before, kept);
  const lines = added.map((entry) => `  ${entry.fingerprint}  ${entry.kind}  ${entry.file}  ${entry.test}`.trimEnd());
  say(
    [
      `${file} stays as it was: ${count(sizeOf(added), 'leak')} would be new in it, and its number only ever goes down.`,
      ...lines,
      'Mend what is new, or give the reason why not, in `known` or `allow` of the configuration.',
    ].join('\n'),
  );
  return EXIT_CODES.leaks;
}

/**
 * `leakgate baseline prune`: takes out what is mended, and adds nothing.
 * @returns the exit code
 * @throws {UsageError} for no baseline or a malformed one, or wrong usage; the file is as it was
 */
export async function pruneBaseline(words: readonly string[], { report }: BaselineFlags, cwd: string): Promise<number> {
  checkAsked({ words, report });
  const baseline = baselineOf(cwd);
  const { home, file, entries: before } = baseline;
  if (before === undefined) throw new UsageError(`There is no ${file}; \`npx leakgate baseline write\` makes one.`);
  const today = await todaysLeaks({ words, report, cwd, home });
  if (today.state === 'unfit') return sayUnfit(baseline, today);
  return shrink(baseline, before, compare(before, today.entries).kept);
}
