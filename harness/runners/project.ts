import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type OptionSource, readOptions } from '../config';
import { BASELINE_FILE, type BaselineEntry, parseBaseline } from '../model/baseline';
import type { BaselineUse } from '../model/ratchet';
import { relativePath } from '../model/report-paths';
import { findConfig, loadConfig, shownPath, textOf, upwards } from './project-config';
import { ownRunFolder, settingsPath } from './run-folder';
import { writeWhole } from './write-whole';

/** What a project has set, as plain data: it is resolved once a run and handed on to every process. */
export interface Project {
  /** Folder of its configuration or, without one, of its package.json: where its baseline is. */
  readonly home: string;
  readonly sources: readonly OptionSource[];
  /** Absent where there is no such file. */
  readonly baseline?: BaselineUse;
}

function homeOf(rootDir: string, config: string | undefined): string {
  if (config !== undefined) return dirname(config);
  const folders = [...upwards(rootDir)];
  const has = (name: string): string | undefined => folders.find((folder) => existsSync(join(folder, name)));
  return has(BASELINE_FILE) ?? has('package.json') ?? rootDir;
}

/**
 * Reads a baseline; `undefined` if there is none.
 * @throws {UsageError} with one clear sentence, if it is not as it was written
 */
export function readBaseline(home: string): readonly BaselineEntry[] | undefined {
  const path = join(home, BASELINE_FILE);
  return existsSync(path) ? parseBaseline(textOf(path), shownPath(path)) : undefined;
}

/**
 * Finds and reads what holds for a Jest project: its configuration and its baseline.
 * @throws {UsageError} with one clear sentence, if either is malformed
 */
export function resolveProject(rootDir: string): Project {
  const config = findConfig(rootDir);
  const home = homeOf(rootDir, config);
  const sources = config === undefined ? [] : [loadConfig(config)];
  for (const source of sources) readOptions(source);
  const valid = sources.map((source) => ({ ...source, valid: true as const }));
  const entries = readBaseline(home);
  const file = shownPath(join(home, BASELINE_FILE));
  const baseline = entries && { file, entries, present: testFilesIn(home, entries) };
  return { home, sources: valid, ...(baseline === undefined ? {} : { baseline }) };
}

/** The test files that a baseline in `home` names and that are there. */
export const testFilesIn = (home: string, entries: readonly BaselineEntry[]): readonly string[] =>
  [...new Set(entries.map(({ file }) => file))].filter((file) => existsSync(join(home, file)));

let known: { readonly run: string; readonly rootDir: string; readonly project: Project } | undefined;

/**
 * What holds for a Jest project, cheaply: from this process's memory, from what another process of this run has left in its folder,
 * or else found, read and left there.
 * @throws {UsageError} with one clear sentence, if configuration or baseline is malformed
 */
export function projectOf(rootDir: string): Project {
  const run = ownRunFolder() ?? '';
  if (known?.run === run && known.rootDir === rootDir) return known.project;
  const project = handedOn(run, rootDir) ?? resolveProject(rootDir);
  handOn(run, rootDir, project);
  known = { run, rootDir, project };
  return project;
}

function handedOn(run: string, rootDir: string): Project | undefined {
  const path = settingsPath(run, keyOf(rootDir));
  return run !== '' && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Project) : undefined;
}

/** Leaves what holds for a Jest project in the folder of the run, unless it is there. Without such a folder it does nothing. */
export function handOn(run: string, rootDir: string, project: Project): void {
  const path = settingsPath(run, keyOf(rootDir));
  if (run !== '' && existsSync(run) && !existsSync(path)) writeWhole(path, JSON.stringify(project));
}

const keyOf = (rootDir: string): string => createHash('sha256').update(rootDir).digest('hex').slice(0, 16);

/** What the project's baseline has for one test file, and where. */
export function knownIn(
  { baseline, home }: Project,
  testFile: string,
): { readonly baseline: readonly BaselineEntry[]; readonly place: { readonly file: string; readonly name: string } } {
  const place = { file: join(home, BASELINE_FILE), name: relativePath(testFile, home) };
  return { baseline: baseline?.entries.filter(({ file }) => file === place.name) ?? [], place };
}
