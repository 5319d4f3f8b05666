import { resolve } from 'node:path';
import { UsageError } from '../config';
import { answeringTest } from '../engine/known-leaks';
import { type BaselineEntry, entryKey } from '../model/baseline';
import type { Finding } from '../model/finding';
import { openerOf } from '../model/fingerprint';
import { useOf } from '../model/ratchet';
import type { RunReport } from '../model/report';
import { relativePath } from '../model/report-paths';
import { isWhole } from '../model/whole-run';
import { EXIT_CODES } from './exit-code';
import { readReport } from './report-file';
import { gatedRun } from './run';

/** What leaks today, rules aside; or why a run cannot tell, and the exit code of that. */
export type TodaysLeaks =
  | { readonly state: 'known'; readonly entries: readonly BaselineEntry[] }
  | { readonly state: 'unfit'; readonly why: string; readonly code: number };

/** Where the leaks are asked for, and of whom. */
export interface Asked {
  /** Jest and its flags; none for `jest`. */
  readonly words: readonly string[];
  /** A report to go by, instead of a run. */
  readonly report: string | undefined;
  readonly cwd: string;
  /** Folder that paths in the baseline are relative to. */
  readonly home: string;
}

/** The leaks of a run as lines of a baseline. */
function entriesOf(findings: readonly Finding[], { cwd, home }: Asked): readonly BaselineEntry[] {
  const entries = new Map<string, { readonly entry: BaselineEntry; readonly uses: Set<string> }>();
  for (const finding of findings) {
    const { fingerprint, trace, scope, root } = finding;
    const portable = (file: string): string => relativePath(resolve(cwd, file), home);
    const entry: BaselineEntry = {
      fingerprint,
      file: portable(scope.file),
      test: answeringTest(finding),
      places: 1,
      kind: root.kind,
      opens: openerOf({ trace: trace.map((frame) => ({ ...frame, file: resolve(cwd, frame.file) })), rootDir: home }),
    };
    const known = entries.get(entryKey(entry));
    if (known === undefined) entries.set(entryKey(entry), { entry, uses: new Set([useOf(finding)]) });
    else known.uses.add(useOf(finding));
  }
  return [...entries.values()].map(({ entry, uses }) => ({ ...entry, places: uses.size }));
}

/** What is wrong with a run that says too little to go by. */
function unfit(report: RunReport): string | undefined {
  if (report.outcome === 'misused' || report.outcome === 'broken') return 'the run did not check everything';
  if (report.outcome === 'failed')
    return 'tests failed for reasons of their own, and what they would leak is not known';
  return isWhole(report) ? undefined : 'not every test ran: leave out filters, shards, `.only` and `--bail`';
}

async function reportFor({ words, report, cwd }: Asked): Promise<RunReport | undefined> {
  if (report !== undefined) return readReport(resolve(cwd, report), report);
  return (await gatedRun(words.length === 0 ? ['jest'] : words, {}, cwd)).report;
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
  const findings = report.files.flatMap((file) => [
    ...file.findings.filter(({ kind }) => kind !== 'unused-allow'),
    ...file.accepted.flatMap(({ by, finding }) => (by === 'baseline' ? [finding] : [])),
  ]);
  return { state: 'known', entries: entriesOf(findings, asked) };
}

/** Refuses a folder whose words after `--` are given together with a report: one of the two says what leaks. */
export function checkAsked({ words, report }: Pick<Asked, 'words' | 'report'>): void {
  if (words.length > 0 && report !== undefined) {
    throw new UsageError('Either a command after `--` or --report says what leaks; leave one of the two out.');
  }
}
