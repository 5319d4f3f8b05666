import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type JestResults, type RunOutcome, runOutcome } from './jest-results';
import { RUN_FOLDER_VARIABLE, writeWhole } from './run-folder';

/** Where the processor leaves what became of Jest's run. No `.json`: it is no test file's page. */
export const outcomePath = (folder: string): string => join(folder, 'outcome');

type Processor = (results: JestResults) => JestResults | Promise<JestResults>;

/**
 * The `testResultsProcessor` of `leakgate run`: the one place where Jest says which files it ran whatever reporters the project
 * has. Hands the results on to the project's own processor.
 */
async function processResults(results: JestResults): Promise<JestResults> {
  const outcome: RunOutcome = runOutcome(results);
  const folder = process.env[RUN_FOLDER_VARIABLE];
  if (folder !== undefined) writeWhole(outcomePath(folder), JSON.stringify(outcome));
  const theirs = process.env.LEAKGATE_PROCESSOR;
  if (theirs === undefined || theirs === '') return results;
  const { default: exported } = (await import(pathToFileURL(theirs).href)) as { default: unknown };
  const processor = (exported as { default?: unknown }).default ?? exported;
  return (processor as Processor)(results);
}

export default processResults;
