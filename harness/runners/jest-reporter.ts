import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULTS, strangeVariables, UsageError } from '../config';
import type { Outcome, RunReport } from '../model/report';
import terminal from '../reporters/terminal';
import { wantsColors } from './colors';
import { type GlobalConfig, isNarrowed } from './jest-filter';
import { type JestResults, runOutcome } from './jest-results';
import { writeLastReport } from './last-report';
import { canFindOrphans, findOrphans, RUN_ID_VARIABLE } from './orphans';
import { handOn, resolveProject } from './project';
import { RUN_FOLDER_VARIABLE, readRunFolder } from './run-folder';
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

interface OwnRun {
  readonly folder: string;
  readonly id: string;
  readonly startedAt: Date;
  readonly discard: () => void;
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
    if (this.#run !== undefined || process.env[RUN_FOLDER_VARIABLE] !== undefined) return;
    const folder = mkdtempSync(join(tmpdir(), 'leakgate-run-'));
    const id = randomUUID();
    const discard = (): void => rmSync(folder, { recursive: true, force: true });
    process.env[RUN_FOLDER_VARIABLE] = folder;
    process.env[RUN_ID_VARIABLE] = id;
    process.on('exit', discard);
    this.#run = { folder, id, startedAt: new Date(), discard };
    handOnFirst(folder, this.#config.rootDir);
  }

  /** After the workers are gone. */
  async onRunComplete(_contexts: unknown, results: object): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    try {
      const report = await this.#report(run, results as RunResults);
      const colors = wantsColors(process.stderr, process.env);
      process.stderr.write(`${terminal.render(report, { colors, base: '' })}\n`);
      writeLastReport(process.cwd(), report);
      this.#error = failure(report);
    } finally {
      delete process.env[RUN_FOLDER_VARIABLE];
      delete process.env[RUN_ID_VARIABLE];
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

  async #report({ folder, id, startedAt }: OwnRun, results: RunResults): Promise<RunReport> {
    const bail = this.#config.bail ?? 0;
    const search = { runId: id, except: new Set([process.pid]), ofTestsOnly: true };
    return runReport({
      folder: readRunFolder(folder),
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
      cutShort: results.wasInterrupted === true || (bail > 0 && results.numFailedTests >= bail),
      orphans: await findOrphans(search, DEFAULTS.graceMs),
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

/** Code in a configuration is run here, once, and not in every worker. What is wrong with it is said of the files it governs. */
function handOnFirst(folder: string, rootDir: string): void {
  try {
    handOn(folder, rootDir, resolveProject(rootDir));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
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
