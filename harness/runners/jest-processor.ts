import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import terminal from '../reporters/terminal';
import { wantsColors } from './colors';
import { type JestResults, type RunOutcome, runOutcome } from './jest-results';
import { RUN_ID_VARIABLE } from './orphans';
import { RUN_FOLDER_VARIABLE, readRunFolder } from './run-folder';
import { runIdentity } from './run-identity';
import { runReport } from './run-report';
import { explainLingering, readOpinions } from './second-opinion';
import { versionsHere } from './versions';
import { writeWhole } from './write-whole';

/** Where the processor leaves what became of Jest's run. No `.json`: it is no test file's page. */
export const outcomePath = (folder: string): string => join(folder, 'outcome');

/** A little after Jest's own word on the matter, which comes after a second. */
const LINGERING_MS = 1100;

type Processor = (results: JestResults) => JestResults | Promise<JestResults>;

/**
 * The `testResultsProcessor` of `leakgate run`: the one place where Jest says which files it ran whatever reporters the project
 * has. Hands the results on to the project's own processor.
 */
async function processResults(results: JestResults): Promise<JestResults> {
  const outcome = runOutcome(results);
  const folder = process.env[RUN_FOLDER_VARIABLE];
  if (folder !== undefined && process.env.LEAKGATE_WATCH === '1') summarizeRound(folder, outcome);
  else if (folder !== undefined) {
    leaveOutcome(folder, outcome);
    explainLingering(LINGERING_MS);
  }
  const theirs = process.env.LEAKGATE_PROCESSOR;
  if (theirs === undefined || theirs === '') return results;
  const { default: exported } = (await import(pathToFileURL(theirs).href)) as { default: unknown };
  const processor = (exported as { default?: unknown }).default ?? exported;
  return (processor as Processor)(results);
}

/** Without it the run is red; Jest's own results are not to be lost for that. */
function leaveOutcome(folder: string, outcome: RunOutcome): void {
  try {
    writeWhole(outcomePath(folder), JSON.stringify(outcome));
  } catch (error) {
    process.stderr.write(`leakgate cannot write to the folder of its run, ${folder}: ${(error as Error).message}.\n`);
  }
}

/** Watch mode goes round and round: each round has its summary, and leaves clean pages behind. */
function summarizeRound(folder: string, outcome: RunOutcome): void {
  const report = runReport({
    folder: readRunFolder(folder, process.env[RUN_ID_VARIABLE]),
    outcome,
    green: undefined,
    run: runIdentity({ cwd: process.cwd(), env: process.env, startedAt: new Date() }),
    versions: versionsHere(),
    cwd: process.cwd(),
    narrowed: true,
    chosen: false,
    cutShort: outcome.interrupted,
    orphans: [],
    opinions: readOpinions(folder),
    problems: [],
    runners: [],
    notes: [],
  });
  const colors = wantsColors(process.stderr, process.env);
  process.stderr.write(terminal.render(report, { colors, base: '' }));
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true });
}

export default processResults;
