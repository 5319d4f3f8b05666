import {
  type FileReport,
  type Orphan,
  type Outcome,
  REPORT_VERSION,
  type RunIdentity,
  type RunReport,
  type Versions,
} from '../model/report';
import { withRelativePaths } from '../model/report-paths';
import { counted } from '../model/sentence';
import { probesOf, ratchetOf, rulesOf, worstOf } from '../model/whole-run';
import type { FileOutcome, RunOutcome } from './jest-results';
import type { RunFolder } from './run-folder';
import type { Opinion } from './second-opinion';

/** Everything that is known once a run is over. */
export interface Evidence {
  readonly folder: RunFolder;
  readonly run: RunIdentity;
  readonly versions: Pick<Versions, 'leakgate' | 'jest'>;
  /** Where the run was started: the report's paths are relative to it. */
  readonly cwd: string;
  /** What became of Jest's run; `undefined` if Jest never said. */
  readonly outcome: RunOutcome | undefined;
  /** Whether Jest itself came out green; `undefined` while that is not known yet. */
  readonly green: boolean | undefined;
  /** Runners in the configuration that are not Jest's own, by path: whether they make environments is theirs to say. */
  readonly runners: readonly string[];
  /** A filter was given, shards aside: no allowance is out of date for having matched nothing. */
  readonly narrowed: boolean;
  /** Flags chose among the files that the configuration has: a rule that matched nothing may be there for the others. */
  readonly chosen: boolean;
  /** Jest was stopped before its end: by `--bail`, or by hand. What was under way then is no lost process. */
  readonly cutShort: boolean;
  readonly orphans: readonly Orphan[];
  readonly opinions: readonly Opinion[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

const DOCBLOCK =
  'If its docblock names an environment, let it say `@jest-environment leakgate/jest/node` or `leakgate/jest/jsdom`.';

/** Reports of one file, however often it ran: in several projects, or again after its worker was lost. */
function reportsByFile(reports: readonly FileReport[]): ReadonlyMap<string, readonly FileReport[]> {
  const byFile = new Map<string, FileReport[]>();
  for (const report of reports) {
    const known = byFile.get(report.file);
    if (known === undefined) byFile.set(report.file, [report]);
    else known.push(report);
  }
  return byFile;
}

/** Files that ran and were not judged, or not all of their tests. */
function uncheckedFiles({ folder, outcome, runners }: Evidence): string[] {
  const problems: string[] = [];
  const unchecked: string[] = [];
  const byFile = reportsByFile(folder.reports);
  const silent = new Set([...folder.off, ...folder.unfinished, ...folder.refused.map(({ file }) => file)]);
  const ran = new Map<string, number>();
  for (const { file, ran: tests } of outcome?.files ?? []) ran.set(file, (ran.get(file) ?? 0) + tests);
  for (const [file, tests] of ran) {
    const reports = byFile.get(file);
    if (reports === undefined) {
      if (tests === 0 || silent.has(file)) continue;
      if (runners.length > 0) unchecked.push(file);
      else problems.push(`${file} ran but was not checked. ${DOCBLOCK}`);
      continue;
    }
    const judged = reports.reduce((sum, report) => sum + report.tests, 0);
    if (judged < tests && !silent.has(file)) {
      if (runners.length > 0) unchecked.push(file);
      else
        problems.push(
          `${file} ran ${counted(tests, 'test')}, but only ${judged} of them were judged. Its test runner is not jest-circus, or its environment keeps \`handleTestEvent\` to itself.`,
        );
    }
  }
  return unchecked.length === 0 ? problems : [...problems, underOtherRunners(unchecked, runners)];
}

/** A runner of the project's own may use no environments at all (linters and type checkers do not): one sentence for all it ran. */
function underOtherRunners(files: readonly string[], runners: readonly string[]): string {
  const [first] = files;
  const which = files.length === 1 ? `${first} was` : `${counted(files.length, 'file')} were`;
  const example = files.length === 1 ? '' : `, ${first} among them`;
  return `${which} not checked, or not in full${example}: the runner ${runners.join(' or ')} does not run them in Jest's environments. Leave its project out with \`--ignoreProjects\`.`;
}

function problemsOf(evidence: Evidence): string[] {
  const { folder } = evidence;
  return [
    ...(evidence.cutShort ? [] : folder.unfinished).map(
      (file) =>
        `${file} was begun and never finished: its process was lost, ended by process.exit in a test, or had no room to write its report, or one of its \`setupFiles\` failed.`,
    ),
    ...folder.unreadable.map((page) => `A report of the run cannot be read: ${page}.`),
    ...(folder.strange.length === 0
      ? []
      : [
          `Another run wrote into the folder of this one (${folder.strange.join(', ')}): what it found is told here, too. Start it without LEAKGATE_RUN_DIR in its environment.`,
        ]),
    ...uncheckedFiles(evidence),
    ...folder.reports.flatMap(({ file, probeFailures }) =>
      probeFailures.map(({ probe, why }) => `The ${probe} probe could not do its job in ${file}: ${why}`),
    ),
    ...evidence.opinions.flatMap(({ unexplained }) =>
      unexplained.map(
        (what) =>
          `why-is-node-running knows of a live ${what} that no finding names: this is a defect of leakgate, please report it.`,
      ),
    ),
    ...evidence.problems,
  ];
}

/** Whether a file went wrong at file level and no leak explains it: it could not be loaded, say. */
function failedByItself({ file, execError }: FileOutcome, folder: RunFolder): boolean {
  return execError && folder.reports.every((report) => report.file !== file || report.errors.leaks === 0);
}

function testsFailed({ folder, outcome, green }: Evidence): boolean {
  if (folder.reports.some(({ ownFailures, errors }) => ownFailures > 0 || errors.others > 0)) return true;
  if (outcome?.files.some((file) => failedByItself(file, folder)) === true) return true;
  // Coverage thresholds, obsolete snapshots, a reporter's own error: red, with nothing of ours to explain it.
  return green === false && folder.reports.every(({ findings }) => findings.length === 0);
}

/** Puts together what a whole run had to say. */
export function runReport(evidence: Evidence): RunReport {
  const { folder, outcome, orphans, notes, run } = evidence;
  const misuses = [...new Set(folder.refused.map(({ why }) => why))];
  const problems = [...new Set(problemsOf(evidence))];
  const rules = rulesOf(folder.reports);
  // Of what was stopped, or never said what it ran, nobody knows what is missing.
  const stopped = outcome === undefined || outcome.interrupted;
  const narrowed = evidence.narrowed || stopped || evidence.cutShort || folder.reports.some(({ focused }) => focused);
  const failed = testsFailed(evidence);
  const healthy = !failed && problems.length === 0 && misuses.length === 0;
  const report: Omit<RunReport, 'outcome' | 'ratchet'> = {
    version: REPORT_VERSION,
    run,
    versions: { ...evidence.versions, node: [process.version], platform: [`${process.platform} ${process.arch}`] },
    probes: probesOf(folder.reports),
    narrowed,
    ...(evidence.chosen ? { chosen: true as const } : {}),
    files: folder.reports,
    off: folder.off,
    orphans,
    rules,
    baselines: folder.baselines,
    misuses,
    problems,
    opinions: evidence.opinions.map(({ list }) => list),
    notes,
  };
  // Baselines are told apart by their paths, as the report has them.
  const portable = withRelativePaths(report, evidence.cwd);
  const ratchet = ratchetOf(portable, healthy);
  const leaks =
    ratchet.some(({ red }) => red) || orphans.length > 0 || folder.reports.some(({ findings }) => findings.length > 0);
  const happened: Outcome[] = [];
  if (leaks) happened.push('leaks');
  if (failed) happened.push('failed');
  if (problems.length > 0) happened.push('broken');
  if (misuses.length > 0) happened.push('misused');
  return { ...portable, outcome: worstOf(happened), ratchet };
}
