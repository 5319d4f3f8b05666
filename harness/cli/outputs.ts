import { existsSync, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, join, parse, relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { catalog } from '../catalog';
import { UsageError } from '../config';
import type { RunReport } from '../model/report';
import type { Reporter } from '../model/reporter';
import { upwards } from '../runners/project-config';
import { writeWhole } from '../runners/write-whole';
import { ReportError } from './report-file';

/** Where a format goes. */
export interface Output {
  readonly reporter: Reporter;
  /** Absolute; `-` for standard output. */
  readonly path: string;
  /** What was there when the run began. */
  readonly before: string | undefined;
}

/** The flags that {@link withOutputs} adds, as typed: by format, and two of their own. */
export type OutputFlags = Readonly<Record<string, string | boolean | undefined>>;

/** Standard output, as tools name it. */
export const STANDARD_OUTPUT = '-';

/** Every format there is. */
export const reporters = (): readonly Reporter[] =>
  catalog<Reporter>('reporters', (name) => require(`../reporters/${name}.js`));

/** JSON is the report itself; what a terminal shows goes there by itself. */
const flagOf = ({ name }: Reporter): string => (name === 'json' ? 'report' : name);
/** The same as a property of the flags: `codeScanning`. */
const propertyOf = (reporter: Reporter): string =>
  flagOf(reporter).replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const written = (): readonly Reporter[] => reporters().filter(({ name }) => name !== 'terminal');

/** Adds a flag for every format that can be written to a file. */
export function withOutputs(command: Command): Command {
  for (const reporter of written()) command.option(`--${flagOf(reporter)} <file>`, `write ${reporter.description}`);
  return command.option('--allow-outside', 'let these files be outside of the project, too');
}

/** The top of the repository `folder` is in; the folder itself outside of any. */
function projectTop(folder: string): string {
  const top = [...upwards(folder)].at(-1) ?? folder;
  return existsSync(join(top, '.git')) ? top : folder;
}

/** Where paths that are relative to `folder` start in its repository. */
export const baseOf = (folder: string): string => relative(projectTop(folder), folder).split(sep).join('/');

/** Tells one file from another at the same path: what is written aside and renamed is always another. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino}:${found.mtimeMs}:${found.size}`;
}

/**
 * The file that `option` names.
 * @throws {UsageError} if it is a folder or a device, in no folder, or outside of the project without leave
 */
export function outputPath(option: string, value: string, cwd: string, allowOutside: boolean): string {
  const path = resolve(cwd, value);
  const folder = dirname(path);
  if (value === '') throw new UsageError(`The option ${option} needs the name of a file.`);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UsageError(`The option ${option} names ${path}, but there is no folder ${folder}.`);
  }
  const found = statSync(path, { throwIfNoEntry: false });
  // What is renamed into the place of a device, a pipe or a socket would take it away from everybody.
  if (found !== undefined && !found.isFile()) {
    const what = found.isDirectory() ? 'a folder' : 'no file, but a device, a pipe or a socket';
    throw new UsageError(`The option ${option} names ${path}, which is ${what}; it must name a file.`);
  }
  const top = realpathSync(projectTop(cwd));
  const real = realpathSync(folder);
  if (!allowOutside && real !== top && !real.startsWith(top.endsWith(sep) ? top : `${top}${sep}`)) {
    throw new UsageError(
      `The option ${option} names ${path}, which is outside of the project (${top}); name a file inside, or say --allow-outside.`,
    );
  }
  return path;
}

/**
 * What is to be written, checked before there is anything to write.
 * @throws {UsageError} as {@link outputPath} does, and if two formats go to one file
 */
export function outputsOf(flags: OutputFlags, cwd: string): readonly Output[] {
  const outputs = written().flatMap((reporter) => {
    const value = flags[propertyOf(reporter)];
    if (typeof value !== 'string') return [];
    if (value === STANDARD_OUTPUT) return [{ reporter, path: value, before: undefined }];
    const path = outputPath(`--${flagOf(reporter)}`, value, cwd, flags.allowOutside === true);
    return [{ reporter, path, before: identityOf(path) }];
  });
  const twin = outputs.find(({ path }, at) => outputs.findIndex((each) => each.path === path) !== at);
  if (twin !== undefined) {
    throw new UsageError(`Two formats go to ${twin.path}; give --${flagOf(twin.reporter)} a file of its own.`);
  }
  return outputs;
}

/**
 * Writes `text` to `path` whole or not at all: what was there before stays until all of it is on the disk.
 * @throws {ReportError} if it cannot be written
 */
export function writeText(path: string, text: string): void {
  try {
    writeWhole(path, text, true);
  } catch (error) {
    throw new ReportError(
      `${path} cannot be written: ${(error as Error).message}; what was there before is as it was.`,
    );
  }
}

/** Where a run's report goes that would take the place of another run's: nothing of either is lost. */
function besides(path: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}-${process.pid}${ext}`);
}

/** Looks whether `path` is as it was and writes it, as one act to other runs that do the same. */
function writeUnchanged(path: string, before: string | undefined, text: string): void {
  const lock = `${path}.lock`;
  const taken = !canTake(lock);
  try {
    if (!taken && identityOf(path) === before) {
      writeText(path, text);
      return;
    }
    writeText(besides(path), text);
  } finally {
    if (!taken) rmSync(lock, { recursive: true, force: true });
  }
  const what = taken
    ? `Another run is writing ${path} at this moment (if there is none, delete ${lock})`
    : `Another run wrote ${path} while this one was going on; it is left as it is`;
  throw new ReportError(`${what}. What this one found is in ${besides(path)}. Give each run a file of its own.`);
}

/** Where no folder can be made, no file can be written either, and writing says why. */
function canTake(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EEXIST';
  }
}

/**
 * Writes a report in every format that was asked for.
 * @throws {ReportError} if one cannot be written, or another run wrote it meanwhile; the others are written first
 */
export function writeOutputs(outputs: readonly Output[], report: RunReport, base: string): void {
  const failures: string[] = [];
  for (const { reporter, path, before } of outputs) {
    const text = reporter.render(report, { colors: false, base });
    if (path === STANDARD_OUTPUT) {
      process.stdout.write(text);
      continue;
    }
    try {
      writeUnchanged(path, before, text);
    } catch (error) {
      if (!(error instanceof ReportError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new ReportError(failures.join('\n'));
}
