import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { RunReport } from '../model/report';
import { upwards } from './project-config';
import { writeWhole } from './write-whole';

/** A link to some other project's packages is no place for this one's report. */
function hasPackages(folder: string): boolean {
  try {
    return lstatSync(join(folder, 'node_modules')).isDirectory();
  } catch {
    return false;
  }
}

/** Beside the packages of a folder, or, where a workspace has them at its top, of the nearest folder above it in the repository. */
function pathFor(cwd: string): string | undefined {
  const folders = [...upwards(cwd)];
  const inRepository = existsSync(join(folders.at(-1) ?? cwd, '.git'));
  const home = (inRepository ? folders : [cwd]).find(hasPackages);
  if (home === undefined) return undefined;
  const part = home === cwd ? '' : `-${createHash('sha256').update(relative(home, cwd)).digest('hex').slice(0, 16)}`;
  return join(home, `node_modules/.cache/leakgate/report${part}.json`);
}

/** Where the report of the last run in a folder is kept, for `leakgate explain`; `undefined` if none is. */
export function lastReportPath(cwd: string): string | undefined {
  const path = pathFor(cwd);
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** Keeps `report` as the last one of `cwd`. A convenience: where it cannot be kept, nothing is amiss. */
export function writeLastReport(cwd: string, report: RunReport): void {
  const path = pathFor(cwd);
  if (path === undefined) return;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(path, JSON.stringify(report));
  } catch {
    // A read-only folder, a full disk: the run has said all it found already.
  }
}
