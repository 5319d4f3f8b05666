import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { BaselineUse } from '../model/ratchet';
import { type FileReport, type FileState, REPORT_VERSION } from '../model/report';
import { RUN_ID_VARIABLE, TEST_FILE_VARIABLE } from './orphans';
import { processState } from './process-state';
import { writeWhole } from './write-whole';

/** Where the processes of one run leave what they have to say to the one that started it. */
export const RUN_FOLDER_VARIABLE = 'LEAKGATE_RUN_DIR';

/**
 * The folder of the run this process is part of, if there is one. A Jest that a test starts inherits the folder of the run the test is
 * of, and is no part of it.
 */
export function ownRunFolder(): string | undefined {
  // Asked before a test file is marked for the first time: then the mark is inherited.
  processState.startedByTest ??= process.env[TEST_FILE_VARIABLE] !== undefined;
  const folder = process.env[RUN_FOLDER_VARIABLE];
  return processState.startedByTest || folder === undefined || !existsSync(folder) ? undefined : folder;
}

/** A page says of which run it is. */
type Page = FileState & { readonly run?: string | undefined };

const pageText = (state: FileState): string =>
  JSON.stringify({ ...state, run: process.env[RUN_ID_VARIABLE] } satisfies Page);

/** A page's path: Jest's workers may be processes or threads of one. */
function newPage(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return join(folder, `${process.pid}-${threadId}-${++processState.pages}.json`);
}

/** In one sentence: a stack of ours says no more. */
function plainError(message: string): Error {
  const fault = new Error(message);
  fault.stack = fault.message;
  return fault;
}

const unwritable = (folder: string, error: unknown): Error =>
  plainError(`leakgate cannot write to the folder of its run, ${folder}: ${(error as Error).message}.`);

/** Why there is no folder for a run, and what to do. */
export const noFolder = (error: unknown): string =>
  `The run needs a folder in ${tmpdir()}, and cannot write there: ${(error as Error).message}. Make room, or name another place by TMPDIR.`;

/** An empty folder for a run. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'leakgate-run-'));

/**
 * What writes to the folder of a run before its first test.
 * @throws in one sentence, if there is no room for it
 */
export function orNoFolder<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw plainError(`leakgate: ${noFolder(error)}`);
  }
}

/** A test file's page in the run folder: begun when the file starts, replaced by its report when it ends. */
export class RunPage {
  readonly #path: string;

  /** @throws in one sentence, if there is no room for it */
  constructor(folder: string, file: string) {
    this.#path = newPage(folder);
    this.#write({ state: 'begun', file, pid: process.pid });
  }

  /** Replaces the page by the file's report. Where there is no room for that the page stays as it is, which is red, and says so. */
  finish(report: FileReport): void {
    try {
      this.#write({ state: 'finished', report });
    } catch (error) {
      // Jest would tell what is thrown here instead of all that the file's tests have said.
      process.stderr.write(`${(error as Error).message}\n`);
    }
  }

  #write(state: FileState): void {
    try {
      writeWhole(this.#path, pageText(state));
    } catch (error) {
      throw unwritable(dirname(this.#path), error);
    }
  }
}

/** Says of a file that will not be checked why not. Does nothing outside a run. */
export function leaveNote(state: FileState): void {
  const folder = ownRunFolder();
  if (folder !== undefined) writeWhole(newPage(folder), pageText(state));
}

/** Where a Jest project's settings are handed on to other processes. No `.json`: it is no test file's page. */
export const settingsPath = (folder: string, key: string): string => join(folder, `settings-${key}`);

/** The environments that `leakgate run` took the place of: project id to module path. */
export type Environments = Readonly<Record<string, string>>;

const environmentsPath = (folder: string): string => join(folder, 'environments');

/** Hands them on to every process. In a file: a variable holds 128 kB on Linux, some 1,000 projects. */
export function leaveEnvironments(folder: string, environments: Environments): void {
  writeWhole(environmentsPath(folder), JSON.stringify(environments));
}

/** The environments of the run this process is part of; none outside of one. */
export function readEnvironments(): Environments {
  const folder = process.env[RUN_FOLDER_VARIABLE];
  return folder === undefined ? {} : (JSON.parse(readFileSync(environmentsPath(folder), 'utf8')) as Environments);
}

/** What a run folder holds. */
export interface RunFolder {
  /** Of its projects, each once. */
  readonly baselines: readonly BaselineUse[];
  readonly reports: readonly FileReport[];
  /** Files that were begun and never finished. */
  readonly unfinished: readonly string[];
  /** Files at level `off`. */
  readonly off: readonly string[];
  /** Files with malformed options. */
  readonly refused: readonly { readonly file: string; readonly why: string }[];
  /** Pages that cannot be read, by name. */
  readonly unreadable: readonly string[];
  /** Files that another run wrote of. What they say is among the rest all the same: it would be lost with the folder. */
  readonly strange: readonly string[];
}

const fileOf = (page: FileState): string => (page.state === 'finished' ? page.report.file : page.file);

/**
 * Reads every page of a run. Never throws for a bad page: it is named instead.
 * @param run its id; absent where nobody has one
 */
export function readRunFolder(folder: string, run?: string): RunFolder {
  const reports: FileReport[] = [];
  const unfinished: string[] = [];
  const off: string[] = [];
  const refused: { file: string; why: string }[] = [];
  const unreadable: string[] = [];
  const strange: string[] = [];
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    const page = readPage(join(folder, name));
    if (page !== undefined && run !== undefined && page.run !== run) strange.push(fileOf(page));
    if (page?.state === 'begun') unfinished.push(page.file);
    else if (page?.state === 'off') off.push(page.file);
    else if (page?.state === 'refused') refused.push({ file: page.file, why: page.why });
    else if (page?.state === 'finished' && page.report.version === REPORT_VERSION) reports.push(page.report);
    else unreadable.push(name);
  }
  reports.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { baselines: readBaselines(folder), reports, unfinished, off, refused, unreadable, strange };
}

function readBaselines(folder: string): readonly BaselineUse[] {
  const byFile = new Map<string, BaselineUse>();
  for (const name of readdirSync(folder).filter((each) => /^settings-[\da-f]+$/.test(each))) {
    const { baseline } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { readonly baseline?: BaselineUse };
    if (baseline !== undefined) byFile.set(baseline.file, baseline);
  }
  return [...byFile.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

function readPage(path: string): Page | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Page;
  } catch {
    return undefined;
  }
}
