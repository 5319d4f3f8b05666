import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { DEFAULTS, strangeVariables, UsageError } from '../config';
import type { Outcome, RunReport } from '../model/report';
import terminal from '../reporters/terminal';
import { wantsColors } from './colors';
import { type GlobalConfig, isChosen, isNarrowed } from './jest-filter';
import { type JestResults, runOutcome } from './jest-results';
import { writeLastReport } from './last-report';
import { canFindOrphans, findOrphans, RUN_ID_VARIABLE, TEST_FILE_VARIABLE } from './orphans';
import { handOn, type Project, projectOf, resolveProject } from './project';
import { type JestProject, longestGraceMs } from './project-options';
import { newFolder, orNoFolder, RUN_FOLDER_VARIABLE, readRunFolder } from './run-folder';
import { runIdentity, shardOf } from './run-identity';
import { runReport } from './run-report';
import { explainLingering, readOpinions } from './second-opinion';
import { versionsHere } from './versions';

/** A little after Jest's own word on a process that does not exit. */
const AFTER_JEST_MS = 100;

interface RunResults extends JestResults {
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

/** The Jest projects that had tests to run. */
type Contexts = ReadonlySet<{ readonly config: JestProject }>;

interface OwnRun {
  readonly folder: string;
  readonly id: string;
  readonly startedAt: Date;
  readonly discard: () => void;
  /** Puts the variables back that others are around us by. */
  readonly restore: () => void;
}

/**
 * The Jest reporter of the preset: makes the run's folder, prints the summary, and fails the run for what no single test can be
 * failed for. Under `leakgate run` it keeps silent: the command line does all that.
 */
class LeakgateReporter {
  readonly #config: GlobalConfig & { readonly openHandlesTimeout?: number };
  #run: OwnRun | undefined;
  #error: Error | undefined;

  constructor(globalConfig: object) {
    this.#config = globalConfig as GlobalConfig;
  }

  /** Before workers are started: they inherit the folder's name. In watch mode once a round. */
  onRunStart(): void {
    this.#error = undefined;
    if (this.#run !== undefined || isUnderLeakgateRun()) return;
    const folder = orNoFolder(newFolder);
    const id = randomUUID();
    const discard = (): void => rmSync(folder, { recursive: true, force: true });
    const restore = setVariables({
      [RUN_FOLDER_VARIABLE]: folder,
      [RUN_ID_VARIABLE]: id,
      [TEST_FILE_VARIABLE]: undefined,
    });
    process.on('exit', discard);
    this.#run = { folder, id, startedAt: new Date(), discard, restore };
    handOnFirst(folder, this.#config.rootDir);
  }

  /** After the workers are gone. */
  async onRunComplete(contexts: unknown, results: object): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    try {
      const report = await this.#report(run, results as RunResults, contexts as Contexts);
      const colors = wantsColors(process.stderr, process.env);
      process.stderr.write(`${terminal.render(report, { colors, base: '' })}\n`);
      writeLastReport(process.cwd(), report);
      this.#error = failure(report);
    } finally {
      run.restore();
      process.off('exit', run.discard);
      run.discard();
    }
    if (this.#config.watch !== true && this.#config.watchAll !== true) {
      explainLingering((this.#config.openHandlesTimeout ?? 1000) + AFTER_JEST_MS);
    }
  }

  /** What fails the run, if anything: Jest asks after `onRunComplete`. */
  getLastError(): Error | undefined {
    return this.#error;
  }

  async #report({ folder, id, startedAt }: OwnRun, results: RunResults, contexts: Contexts): Promise<RunReport> {
    const bail = this.#config.bail ?? 0;
    const search = { runId: id, except: new Set([process.pid]), ofTestsOnly: true };
    return runReport({
      folder: readRunFolder(folder, id),
      outcome: runOutcome(results),
      green: undefined,
      run: runIdentity({
        cwd: process.cwd(),
        env: process.env,
        startedAt,
        shard: shardOf(this.#config),
        ci: this.#config.ci,
      }),
      versions: versionsHere(),
      cwd: process.cwd(),
      narrowed: isNarrowed(this.#config),
      chosen: isChosen(process.argv.slice(2)),
      cutShort: results.wasInterrupted === true || (bail > 0 && results.numFailedTests >= bail),
      orphans: await findOrphans(search, () => graceMsOf(contexts)),
      opinions: readOpinions(folder),
      problems: [],
      runners: [],
      notes: [
        ...(canFindOrphans ? [] : [`Orphaned processes cannot be looked for on ${process.platform}.`]),
        ...strangeVariables(process.env).map((name) => `The variable ${name} is none of leakgate's, and was not read.`),
      ],
    });
  }
}

/** Options that are malformed have failed the files they are for, with a sentence of their own. */
function graceMsOf(contexts: Contexts): number {
  try {
    const configs = [...contexts].map(({ config }) => config);
    return longestGraceMs(configs, projectOf, process.env);
  } catch (error) {
    if (error instanceof UsageError) return DEFAULTS.graceMs;
    throw error;
  }
}

/** A run around us that is not our own, of a test that started this Jest, has its own summary, and is told nothing of this one. */
const isUnderLeakgateRun = (): boolean =>
  process.env[RUN_FOLDER_VARIABLE] !== undefined &&
  process.env[RUN_ID_VARIABLE] !== undefined &&
  process.env[TEST_FILE_VARIABLE] === undefined;

/** Sets variables of this process, or takes them out, and returns what puts them back. */
function setVariables(variables: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = ([name, value]: readonly [string, string | undefined]): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  Object.entries(variables).forEach(set);
  return () => before.forEach(set);
}

/** Code in a configuration is run here, once, and not in every worker. What is wrong with it is said of the files it governs. */
function handOnFirst(folder: string, rootDir: string): void {
  let project: Project;
  try {
    project = resolveProject(rootDir);
  } catch (error) {
    if (error instanceof UsageError) return;
    throw error;
  }
  orNoFolder(() => handOn(folder, rootDir, project));
}

const RED: Readonly<Partial<Record<Outcome, string>>> = {
  misused: "leakgate's options are malformed",
  broken: 'leakgate could not do its job',
  leaks: 'the run leaks',
};

/** Failed tests have failed the run already; anything else must be said. */
function failure(report: RunReport): Error | undefined {
  const why = RED[report.outcome];
  return why === undefined ? undefined : new Error(`${why}: see the summary`);
}

export = LeakgateReporter;
