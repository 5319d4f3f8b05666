import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunReport } from '../model/report';
import { writeWhole } from './write-whole';

const pathIn = (cwd: string): string => join(cwd, 'node_modules/.cache/leakgate/report.json');

/** A link to some other project's packages is no place for this one's report. */
function hasOwnPackages(cwd: string): boolean {
  try {
    return lstatSync(join(cwd, 'node_modules')).isDirectory();
  } catch {
    return false;
  }
}

/** Where the report of the last run in a folder is kept, for `leakgate explain`; `undefined` if none is. */
export function lastReportPath(cwd: string): string | undefined {
  const path = pathIn(cwd);
  return hasOwnPackages(cwd) && existsSync(path) ? path : undefined;
}

/** Keeps `report` as the last one of `cwd`. A convenience: where it cannot be kept, nothing is amiss. */
export function writeLastReport(cwd: string, report: RunReport): void {
  if (!hasOwnPackages(cwd)) return;
  const path = pathIn(cwd);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(path, JSON.stringify(report));
  } catch {
    // A read-only folder, a full disk: the run has said all it found already.
  }
}
