import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type OptionSource, UsageError } from '../config';
import { relativePath } from '../model/report-paths';
import { ruleLines } from './rule-lines';

/** Names of a configuration file, by what reads them. */
const CONFIG_FILES = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map((ending) => `leakgate.config.${ending}`);

/** As the user, who stands in the folder the run was started in, knows a file. */
export const shownPath = (path: string): string => relativePath(path, process.cwd());

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** The `leakgate` key of a package.json. What is no JSON is left to npm and Jest, which say it better, and both will. */
function keyIn(path: string): unknown {
  try {
    return (JSON.parse(read(path) ?? '{}') as { leakgate?: unknown } | null)?.leakgate;
  } catch {
    return undefined;
  }
}

/** `folder` and those above it, up to that of the repository. */
export function* upwards(folder: string): Iterable<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield at;
    if (existsSync(join(at, '.git')) || dirname(at) === at) return;
  }
}

/**
 * The configuration a folder has: its leakgate.config.*, or the `leakgate` key of its package.json.
 * @throws {UsageError} if it has two
 */
function configIn(folder: string): string | undefined {
  const found = CONFIG_FILES.map((name) => join(folder, name)).filter((path) => existsSync(path));
  const manifest = join(folder, 'package.json');
  if (keyIn(manifest) !== undefined) found.push(manifest);
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    throw new UsageError(`${shownPath(first)} and ${shownPath(second)} both configure leakgate; keep one of the two.`);
  }
  return first;
}

/** The configuration that holds for a folder: its own, or that of the nearest folder above it within the repository. */
export function findConfig(rootDir: string): string | undefined {
  for (const folder of upwards(rootDir)) {
    const config = configIn(folder);
    if (config !== undefined) return config;
  }
  return undefined;
}

/** Only here, and only for code: loading the loader takes longer than most test files. */
function evaluate(path: string): unknown {
  const { createJiti } = require('jiti') as typeof import('jiti');
  const jiti = createJiti(__filename, {
    fsCache: false,
    moduleCache: false,
    interopDefault: true,
    // Started by npx, the package need not be installed where the configuration is.
    alias: { leakgate: join(__dirname, '../index.js') },
  });
  const loaded = refusingToExit(() => jiti(path) as { default?: unknown } | null | undefined);
  return loaded?.default ?? loaded;
}

/** A configuration that ends the process would end it green, with nothing checked. */
function refusingToExit<T>(use: () => T): T {
  const { exit } = process;
  process.exit = () => {
    throw new Error('it calls process.exit');
  };
  try {
    return use();
  } finally {
    process.exit = exit;
  }
}

function configured(path: string, text: string): unknown {
  if (basename(path) === 'package.json') return keyIn(path);
  try {
    return path.endsWith('.json') ? JSON.parse(text) : evaluate(path);
  } catch (error) {
    const [why] = String(error instanceof Error ? error.message : error).split('\n');
    throw new UsageError(`${shownPath(path)} cannot be read: ${why}`);
  }
}

/**
 * The text of a file that is there.
 * @throws {UsageError} if it cannot be read
 */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${shownPath(path)} cannot be read: ${(error as Error).message}.`);
  }
}

/**
 * Reads a configuration. Code is run for it, so this is for once a run; what comes of it is plain data.
 * @throws {UsageError} if it cannot be read
 */
export function loadConfig(path: string): OptionSource {
  // Some editors begin a file with a mark of its encoding, which is no JSON.
  const text = textOf(path).replace(/^\ufeff/, '');
  const value = configured(path, text);
  if (value instanceof Promise || typeof value === 'function') {
    throw new UsageError(`${shownPath(path)} must export an object, as defineConfig({ … }) returns it.`);
  }
  const lines = [...ruleLines(text, value)].map(([rule, line]) => [rule, `${shownPath(path)}:${line}`] as const);
  const isKey = basename(path) === 'package.json';
  return {
    place: isKey ? `The "leakgate" key of ${path}` : shownPath(path),
    value,
    base: dirname(path),
    lines: Object.fromEntries(lines),
  };
}
