import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { BaselineUse } from '../model/ratchet';
import { type FileReport, type FileState, REPORT_VERSION } from '../model/report';

/** Where the processes of one run leave what they have to say to the one that started it. */
export const RUN_FOLDER_VARIABLE = 'LEAKGATE_RUN_DIR';

let serial = 0;

/** Written aside, then renamed: a reader sees the old text or the new one, never half of one. */
export function writeWhole(path: string, text: string): void {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(aside, text);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** A page's path: Jest's workers may be processes or threads of one. */
function newPage(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return join(folder, `${process.pid}-${threadId}-${++serial}.json`);
}

/** A test file's page in the run folder: begun when the file starts, replaced by its report when it ends. */
export class RunPage {
  readonly #path: string;

  constructor(folder: string, file: string) {
    this.#path = newPage(folder);
    this.#write({ state: 'begun', file, pid: process.pid });
  }

  /** Replaces the page by the file's report. */
  finish(report: FileReport): void {
    this.#write({ state: 'finished', report });
  }

  #write(state: FileState): void {
    writeWhole(this.#path, JSON.stringify(state));
  }
}

/** Says of a file that will not be checked why not. Does nothing outside a run. */
export function leaveNote(state: FileState): void {
  const folder = process.env[RUN_FOLDER_VARIABLE];
  if (folder !== undefined && existsSync(folder)) writeWhole(newPage(folder), JSON.stringify(state));
}

/** Where a Jest project's settings are handed on to other processes. No `.json`: it is no test file's page. */
export const settingsPath = (folder: string, key: string): string => join(folder, `settings-${key}`);

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
}

/** Reads every page of a run. Never throws for a bad page: it is named instead. */
export function readRunFolder(folder: string): RunFolder {
  const reports: FileReport[] = [];
  const unfinished: string[] = [];
  const off: string[] = [];
  const refused: { file: string; why: string }[] = [];
  const unreadable: string[] = [];
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    const page = readPage(join(folder, name));
    if (page?.state === 'begun') unfinished.push(page.file);
    else if (page?.state === 'off') off.push(page.file);
    else if (page?.state === 'refused') refused.push({ file: page.file, why: page.why });
    else if (page?.state === 'finished' && page.report.version === REPORT_VERSION) reports.push(page.report);
    else unreadable.push(name);
  }
  reports.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { baselines: readBaselines(folder), reports, unfinished, off, refused, unreadable };
}

function readBaselines(folder: string): readonly BaselineUse[] {
  const byFile = new Map<string, BaselineUse>();
  for (const name of readdirSync(folder).filter((each) => /^settings-[\da-f]+$/.test(each))) {
    const { baseline } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { readonly baseline?: BaselineUse };
    if (baseline !== undefined) byFile.set(baseline.file, baseline);
  }
  return [...byFile.values()];
}

function readPage(path: string): FileState | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as FileState;
  } catch {
    return undefined;
  }
}
