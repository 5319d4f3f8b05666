import { dirname, resolve } from 'node:path';
import { UsageError } from '../config';
import type { Finding } from '../model/finding';
import { openerOf } from '../model/fingerprint';
import { type LeaksToday, leaksToday, NOTHING_RAN } from '../model/leaks-today';
import type { RunReport } from '../model/report';
import { isWhole } from '../model/whole-run';
import { EXIT_CODES } from './exit-code';
import { readReport } from './report-file';
import { gatedRun } from './run';
import { adoptCommand } from './test-script';

/** What leaks today, rules aside, by the baselines that hold for it; or why a run cannot tell, and the exit code of that. */
export type TodaysLeaks =
  | { readonly state: 'known'; readonly leaks: readonly LeaksOf[] }
  | { readonly state: 'unfit'; readonly why: string; readonly code: number };

/** What leaks today where one baseline holds. */
export interface LeaksOf extends Omit<LeaksToday, 'file'> {
  /** Absolute path of the baseline, whether or not there is one yet. */
  readonly path: string;
}

/** Where the leaks are asked for, and of whom. */
export interface Asked {
  /** Jest and its flags; none for what the project's own `test` script says. */
  readonly words: readonly string[];
  /** A report to go by, instead of a run. */
  readonly report: string | undefined;
  readonly cwd: string;
  /** The baseline where a report does not say which holds. */
  readonly path: string;
}

/** The leaks of a run as lines of the baselines that hold for them. */
function leaksOf(report: RunReport, { cwd, path }: Asked): readonly LeaksOf[] {
  const pathOf = (file: string | undefined): string => (file === undefined ? path : resolve(cwd, file));
  const opens = ({ trace }: Finding, file: string | undefined): string =>
    openerOf({
      trace: trace.map((frame) => ({ ...frame, file: resolve(cwd, frame.file) })),
      rootDir: dirname(pathOf(file)),
    });
  const leaks = leaksToday(report.files, opens).map(({ file, ...each }) => ({ ...each, path: pathOf(file) }));
  // One that holds for no file any more holds nothing that leaks.
  const idle = report.baselines
    .map(({ file }) => resolve(cwd, file))
    .filter((each) => leaks.every((known) => known.path !== each));
  return [...leaks, ...idle.map((each) => ({ path: each, ...NOTHING_RAN }))];
}

/** What is wrong with a run that says too little to go by. */
function unfit(report: RunReport): string | undefined {
  if (report.outcome === 'misused' || report.outcome === 'broken') return 'the run did not check everything';
  if (report.outcome === 'failed')
    return 'tests failed for reasons of their own, and what they would leak is not known';
  return isWhole(report) ? undefined : 'not every test ran: leave out filters, shards and `.only`';
}

/** A configuration that bails would have Jest stop at the first leak of those that are to be recorded. */
function toTheEnd(words: readonly string[]): readonly string[] {
  const end = [...words, '--'].indexOf('--');
  return [...words.slice(0, end), '--bail=0', ...words.slice(end)];
}

async function reportFor({ words, report, cwd }: Asked): Promise<RunReport | undefined> {
  if (report !== undefined) return readReport(resolve(cwd, report), report);
  return (await gatedRun(toTheEnd(adoptCommand(words, cwd).words), {}, cwd)).report;
}

/**
 * Runs Jest under the gate, or reads the report of a run, and says what leaks.
 * @throws {UsageError} for a command that is not Jest, or a report that cannot be read
 */
export async function todaysLeaks(asked: Asked): Promise<TodaysLeaks> {
  const report = await reportFor(asked);
  if (report === undefined)
    return { state: 'unfit', why: 'Jest did not get as far as a test', code: EXIT_CODES.failed };
  const why = unfit(report);
  if (why !== undefined) {
    const code = EXIT_CODES[report.outcome];
    return {
      state: 'unfit',
      why,
      code: code === EXIT_CODES.clean || code === EXIT_CODES.leaks ? EXIT_CODES.misused : code,
    };
  }
  return { state: 'known', leaks: leaksOf(report, asked) };
}

/** Refuses words after `--` together with a report: one of the two says what leaks. */
export function checkAsked({ words, report }: Pick<Asked, 'words' | 'report'>): void {
  if (words.length > 0 && report !== undefined) {
    throw new UsageError('Either a command after `--` or --report says what leaks; leave one of the two out.');
  }
}
