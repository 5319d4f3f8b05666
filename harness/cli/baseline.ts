import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../config';
import { BASELINE_FILE, type BaselineEntry, renderBaseline } from '../model/baseline';
import { compare, type KeptEntry, sizeOf } from '../model/baseline-growth';
import { knownOf } from '../model/leaks-today';
import { counted } from '../model/sentence';
import { readBaseline, resolveProject, testFilesIn } from '../runners/project';
import { shownPath } from '../runners/project-config';
import { EXIT_CODES } from './exit-code';
import { jestCommand } from './jest-command';
import { jestPlan } from './jest-plan';
import { writeText } from './outputs';
import { adoptCommand } from './test-script';
import { checkAsked, type LeaksOf, type TodaysLeaks, todaysLeaks } from './todays-leaks';
import { whatIsLeft } from './what-is-left';

/** The options of `leakgate baseline`, as typed. */
export interface BaselineFlags {
  readonly report?: string;
}

/** A baseline, as it is now. */
interface Baseline {
  readonly path: string;
  /** The file, as the user knows it. */
  readonly file: string;
  /** `undefined` if there is none. */
  readonly entries: readonly BaselineEntry[] | undefined;
}

const baselineAt = (path: string): Baseline => ({ path, file: shownPath(path), entries: readBaseline(dirname(path)) });

/** Read before anything runs, and for its sake: what is malformed is left as it is. */
const baselineOf = (cwd: string): Baseline => baselineAt(join(resolveProject(cwd).home, BASELINE_FILE));

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Whether two baselines say the same, the version and the ends of lines aside: those are no change of a leak's. */
const saysTheSame = (text: string, other: string): boolean => {
  const [ours, theirs] = [text, other].map((each) => each.split(/\r?\n/).slice(1).join('\n'));
  return ours === theirs;
};

/** No file says that there is nothing to say, and none is touched that says the same already. */
function save(path: string, entries: readonly BaselineEntry[]): void {
  const text = renderBaseline(entries);
  if (entries.length === 0) rmSync(path, { force: true });
  else if (!existsSync(path) || !saysTheSame(readFileSync(path, 'utf8'), text)) writeText(path, text);
}

function sayUnfit({ file, entries }: Baseline, { why, code }: TodaysLeaks & { readonly state: 'unfit' }): number {
  process.stderr.write(
    `leakgate: ${file} ${entries === undefined ? 'was not written' : 'stays as it was'}, for ${why}.\n`,
  );
  return code;
}

/** A baseline held against what leaks: what is new, and what is left of it, files that were not run with all they had. */
function held(
  before: readonly BaselineEntry[],
  leaks: LeaksOf,
  cwd: string,
): { readonly added: readonly BaselineEntry[]; readonly left: readonly BaselineEntry[] } {
  const home = dirname(leaks.path);
  const { judged, unknown } = knownOf(before, leaks, testFilesIn(home, before));
  const { added, kept } = compare(judged, leaks.entries, leaks.stands);
  const asWritten = ({ changed, ...entry }: KeptEntry): BaselineEntry =>
    changed ? { ...entry, left: whatIsLeft(leaks.findingsOf(entry), cwd, home) } : entry;
  return { added, left: [...unknown, ...kept.map(asWritten)] };
}

function shrink({ path, file }: Baseline, before: readonly BaselineEntry[], after: readonly BaselineEntry[]): void {
  const mended = sizeOf(before) - sizeOf(after);
  save(path, after);
  const became = after.length === 0 ? 'is empty, and deleted' : `holds ${counted(sizeOf(after), 'leak')}`;
  say(
    mended === 0 ? `${file} ${became}, as before.` : `${counted(mended, 'leak')} less: ${file} ${became}. Commit that.`,
  );
}

/** Records what leaks where one baseline holds, or takes out of it what is mended. Returns whether it may hold what leaks. */
function record(baseline: Baseline, leaks: LeaksOf, cwd: string): boolean {
  const { path, file, entries: before } = baseline;
  const { entries: now } = leaks;
  if (before === undefined) {
    save(path, now);
    if (now.length > 0) {
      say(`${file} holds ${counted(sizeOf(now), 'leak')}. Commit it: these fail no test from now on, and new ones do.`);
    }
    return true;
  }
  const { added, left } = held(before, leaks, cwd);
  if (added.length === 0) {
    shrink(baseline, before, left);
    return true;
  }
  const lines = added.map((entry) => `  ${entry.fingerprint}  ${entry.kind}  ${entry.file}  ${entry.test}`.trimEnd());
  say(
    [
      `${file} stays as it was: ${counted(sizeOf(added), 'leak')} would be new in it, and its number only ever goes down.`,
      ...lines,
      'Mend what is new, or give the reason why not, in `known` or `allow` of the configuration.',
    ].join('\n'),
  );
  return false;
}

/**
 * `leakgate baseline write`: records what leaks today, in each baseline that holds for some of the run's files. One that is there only
 * ever shrinks: a leak whose file or function was renamed may change its line, and nothing may be added.
 * @returns the exit code
 * @throws {UsageError} for a malformed baseline, or wrong usage; the file is as it was
 * @throws {ReportError} if one cannot be written; it is as it was
 */
export async function writeBaseline(words: readonly string[], { report }: BaselineFlags, cwd: string): Promise<number> {
  checkAsked({ words, report });
  const own = baselineOf(cwd);
  const today = await todaysLeaks({ words, report, cwd, path: own.path });
  if (today.state === 'unfit') return sayUnfit(own, today);
  const all = today.leaks.map((leaks) => ({ leaks, baseline: baselineAt(leaks.path) }));
  if (all.every(({ leaks, baseline }) => leaks.entries.length === 0 && baseline.entries === undefined)) {
    say('Nothing leaks: there is no need for a baseline.');
  }
  const recorded = all.map(({ leaks, baseline }) => record(baseline, leaks, cwd));
  return recorded.every(Boolean) ? EXIT_CODES.clean : EXIT_CODES.leaks;
}

/** Whether any of a Jest command's projects has a baseline. */
const hasBaselines = (words: readonly string[], cwd: string): boolean =>
  [...jestPlan(jestCommand(adoptCommand(words, cwd).words, cwd), cwd, process.env).projects.values()].some(
    ({ baseline }) => baseline !== undefined,
  );

/**
 * `leakgate baseline prune`: takes out what is mended, of each baseline that holds for some of the run's files, and adds nothing.
 * @returns the exit code
 * @throws {UsageError} for no baseline or a malformed one, or wrong usage; the file is as it was
 * @throws {ReportError} if one cannot be written; it is as it was
 */
export async function pruneBaseline(words: readonly string[], { report }: BaselineFlags, cwd: string): Promise<number> {
  checkAsked({ words, report });
  const own = baselineOf(cwd);
  const none = (): UsageError => new UsageError(`There is no ${own.file}; \`npx leakgate baseline write\` makes one.`);
  if (own.entries === undefined && report === undefined && !hasBaselines(words, cwd)) throw none();
  const today = await todaysLeaks({ words, report, cwd, path: own.path });
  if (today.state === 'unfit') return sayUnfit(own, today);
  const all = today.leaks.map((leaks) => ({ leaks, baseline: baselineAt(leaks.path) }));
  if (all.every(({ baseline }) => baseline.entries === undefined)) throw none();
  for (const { leaks, baseline } of all) {
    const { entries } = baseline;
    if (entries === undefined) continue;
    shrink(baseline, entries, held(entries, leaks, cwd).left);
  }
  return EXIT_CODES.clean;
}
