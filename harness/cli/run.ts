import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { environmentSources, mergeOptions, readOptions, UsageError } from '../config';
import { isThorough } from '../model/level';
import type { FileReport, RunReport } from '../model/report';
import terminal from '../reporters/terminal';
import { wantsColors } from '../runners/colors';
import { outcomePath } from '../runners/jest-processor';
import type { RunOutcome } from '../runners/jest-results';
import { writeLastReport } from '../runners/last-report';
import { canFindOrphans, findOrphans, RUN_ID_VARIABLE, TEST_FILE_VARIABLE } from '../runners/orphans';
import { handOn } from '../runners/project';
import { leaveEnvironments, newFolder, noFolder, RUN_FOLDER_VARIABLE, readRunFolder } from '../runners/run-folder';
import { type RunStart, runIdentity } from '../runners/run-identity';
import { runReport } from '../runners/run-report';
import { readOpinions, whyArgs } from '../runners/second-opinion';
import { versionsBeside } from '../runners/versions';
import { EXIT_CODES } from './exit-code';
import { type JestCommand, jestCommand, withoutFlags } from './jest-command';
import { type JestPlan, jestPlan } from './jest-plan';
import { baseOf, type OutputFlags, outputsOf, writeOutputs } from './outputs';
import { ReportError } from './report-file';
import { type JestEnd, runJest } from './run-jest';

/** The options of `leakgate run`, as typed. */
export interface RunFlags extends OutputFlags {
  readonly level?: string;
  readonly graceMs?: string;
  readonly leftovers?: string;
  readonly retention?: string;
  readonly runId?: string;
  readonly why?: boolean;
  readonly ci?: boolean;
}

/** Flags with which Jest runs no test: it is left alone. It takes each in either spelling. */
const NO_RUN = /^(?:--(?:help|version|init|clear-?cache|list-?tests|show-?config)|-h|-v)$/i;
const ENVIRONMENT_FLAGS = ['--env', '--testEnvironment', '--test-environment'];
const PROCESSOR_FLAGS = ['--testResultsProcessor', '--test-results-processor'];

/** Each option that is a flag of ours, too, and the variable that carries it into Jest's processes. */
const FLAGS = {
  level: ['--level', 'LEAKGATE_LEVEL'],
  graceMs: ['--grace-ms', 'LEAKGATE_GRACE_MS'],
  leftovers: ['--leftovers', 'LEAKGATE_LEFTOVERS'],
  retention: ['--retention', 'LEAKGATE_RETENTION'],
} as const;

/** The variables that carry our options into Jest's processes, each validated under the name the user gave it. */
function optionVariables(flags: RunFlags): NodeJS.ProcessEnv {
  const variables: NodeJS.ProcessEnv = {};
  for (const name of Object.keys(FLAGS) as (keyof typeof FLAGS)[]) {
    const [flag, variable] = FLAGS[name];
    const value = flags[name];
    if (value === undefined) continue;
    if (value === '') throw new UsageError(`The option ${flag} needs a value.`);
    const [source] = environmentSources({ [variable]: value });
    readOptions({ place: `The option ${flag}`, value: source?.value, single: true });
    variables[variable] = value;
  }
  return variables;
}

function readOutcome(folder: string): RunOutcome | undefined {
  try {
    return JSON.parse(readFileSync(outcomePath(folder), 'utf8')) as RunOutcome;
  } catch {
    return undefined;
  }
}

const jestArgs = (command: JestCommand, why: boolean): string[] => [
  ...(why ? whyArgs() : []),
  ...command.nodeArgs,
  command.script,
  `--env=${require.resolve('../runners/jest-auto')}`,
  `--testResultsProcessor=${require.resolve('../runners/jest-processor')}`,
  ...withoutFlags(command.args, [...ENVIRONMENT_FLAGS, ...PROCESSOR_FLAGS]),
];

/** Everything known of a run that has ended. */
interface Ended {
  readonly folder: string;
  readonly plan: JestPlan;
  readonly end: JestEnd;
  readonly runId: string;
  readonly start: RunStart;
  readonly script: string;
}

const hasFailed = ({ findings, ownFailures, errors }: FileReport): boolean =>
  findings.length > 0 || ownFailures > 0 || errors.others > 0;

async function judge({ folder, plan, end, runId, start, script }: Ended): Promise<RunReport> {
  const pages = readRunFolder(folder, runId);
  const outcome = readOutcome(folder);
  const orphans = await findOrphans({ runId, except: new Set([process.pid]), ofTestsOnly: false }, () => plan.graceMs);
  const pagesLeft = pages.reports.length + pages.unfinished.length + pages.refused.length > 0;
  // `--bail` ends Jest before it says what it ran; an error before the first test is Jest's own, and red.
  const cutShort = plan.bail && outcome === undefined && pages.reports.some(hasFailed);
  const explained = outcome !== undefined || cutShort || (end.how === 'exited' && end.code !== 0 && !pagesLeft);
  const nothingRan = outcome === undefined && end.code === 0 && plan.mayRunNothing && !pagesLeft;
  return runReport({
    folder: pages,
    outcome,
    green: end.how === 'stopped' ? undefined : end.code === 0,
    runners: plan.runners,
    run: runIdentity({ ...start, shard: plan.shard, ci: plan.ci || start.ci === true }),
    versions: versionsBeside(script),
    cwd: start.cwd,
    narrowed: plan.narrowed,
    chosen: plan.chosen,
    cutShort: cutShort || outcome?.interrupted === true,
    orphans,
    opinions: readOpinions(folder),
    problems:
      explained || nothingRan
        ? []
        : ['Jest ended without saying what it ran: was process.exit called, its process killed, or its disk full?'],
    notes: [
      ...(nothingRan ? ['Jest ran no tests.'] : []),
      ...(canFindOrphans ? [] : [`Orphaned processes cannot be looked for on ${process.platform}.`]),
    ],
  });
}

/**
 * A folder for what the processes of a run have to say, with what each project has set and the environment it runs in.
 * @throws {ReportError} if there is no room for it
 */
function ownFolder({ projects, environments }: JestPlan): string {
  let folder: string | undefined;
  try {
    folder = newFolder();
    for (const [rootDir, project] of projects) handOn(folder, rootDir, project);
    leaveEnvironments(folder, environments);
    return folder;
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw new ReportError(noFolder(error));
  }
}

/** What became of a run. */
export interface GatedRun {
  readonly code: number;
  /** Absent if Jest was asked for something else than tests, watched, was stopped, or did not get as far as a test. */
  readonly report?: RunReport;
}

/**
 * `leakgate run`: Jest under the gate, whatever its configuration says.
 * @returns the exit code
 * @throws {UsageError} before Jest starts, for what is wrong with the options or the command
 */
export const run = async (words: readonly string[], flags: RunFlags, cwd: string): Promise<number> =>
  (await gatedRun(words, flags, cwd)).code;

/**
 * Jest under the gate: what `leakgate run` does, for commands that go on with its report.
 * @throws {UsageError} before Jest starts, for what is wrong with the options or the command
 */
export async function gatedRun(words: readonly string[], flags: RunFlags, cwd: string): Promise<GatedRun> {
  const variables = optionVariables(flags);
  const outputs = outputsOf(flags, cwd);
  const command = jestCommand(words, cwd);
  const own = command.args.slice(0, [...command.args, '--'].indexOf('--'));
  if (own.some((arg) => NO_RUN.test(arg))) {
    return { code: (await runJest([...command.nodeArgs, command.script, ...command.args], cwd, process.env)).code };
  }
  const env = { ...process.env, ...variables };
  const { level } = mergeOptions(environmentSources(env));
  const plan = jestPlan(command, cwd, env);
  const folder = ownFolder(plan);
  const runId = randomUUID();
  const start = { cwd, env: process.env, startedAt: new Date(), id: flags.runId, ci: flags.ci };
  try {
    const end = await runJest(jestArgs(command, flags.why === true || isThorough(level)), cwd, {
      ...env,
      [RUN_FOLDER_VARIABLE]: folder,
      [RUN_ID_VARIABLE]: runId,
      [TEST_FILE_VARIABLE]: undefined,
      LEAKGATE_PROCESSOR: plan.testResultsProcessor ?? '',
      LEAKGATE_WATCH: plan.watch ? '1' : '',
    });
    const finished = readOutcome(folder) !== undefined;
    if (plan.watch || (end.how === 'stopped' && !finished)) return { code: end.code };
    const result = await judge({
      folder,
      plan,
      end,
      runId,
      start,
      script: command.script,
    });
    // If Jest did not get as far as a test, it has said why, and there is nothing to sum up.
    const ranNothing = !finished && result.outcome === 'failed' && result.files.length === 0;
    if (!ranNothing)
      process.stderr.write(terminal.render(result, { colors: wantsColors(process.stderr, process.env), base: '' }));
    writeOutputs(outputs, result, baseOf(cwd));
    if (!ranNothing) writeLastReport(cwd, result);
    const code = end.how === 'stopped' ? end.code : EXIT_CODES[result.outcome];
    return ranNothing || end.how === 'stopped' ? { code } : { code, report: result };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
