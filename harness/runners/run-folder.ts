import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileReport, type FileState, REPORT_VERSION } from '../model/report';

/** Where the processes of one run leave what they have to say to the one that started it. */
export const RUN_FOLDER_VARIABLE = 'LEAKGATE_RUN_DIR';

let serial = 0;

/** A test file's page in the run folder: begun when the file starts, replaced by its report when it ends. */
export class RunPage {
  readonly #path: string;

  constructor(folder: string, file: string) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, `${process.pid}-${++serial}.json`);
    this.#write({ state: 'begun', file, pid: process.pid });
  }

  /** Written aside, then renamed: a reader sees the old page or the new one, never half of one. */
  finish(report: FileReport): void {
    this.#write({ state: 'finished', report });
  }

  #write(state: FileState): void {
    const aside = `${this.#path}.tmp`;
    writeFileSync(aside, JSON.stringify(state));
    renameSync(aside, this.#path);
  }
}

/** What a run folder holds: reports, files that never finished, and pages that cannot be read. */
export interface RunFolder {
  readonly reports: readonly FileReport[];
  readonly unfinished: readonly string[];
  readonly unreadable: readonly string[];
}

/** Reads every page of a run. Never throws for a bad page: it is named instead. */
export function readRunFolder(folder: string): RunFolder {
  const reports: FileReport[] = [];
  const unfinished: string[] = [];
  const unreadable: string[] = [];
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    try {
      const page = JSON.parse(readFileSync(join(folder, name), 'utf8')) as FileState;
      if (page.state === 'begun') unfinished.push(page.file);
      else if (page.state === 'finished' && page.report.version === REPORT_VERSION) reports.push(page.report);
      else unreadable.push(name);
    } catch {
      unreadable.push(name);
    }
  }
  return { reports, unfinished, unreadable };
}
