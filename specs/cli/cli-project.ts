import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The repository. */
export const ROOT = resolve(__dirname, '../..');

/** One process that ran to its end. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What the harness printed at the end: everything from `Leaks:` on, with what differs from run to run left out. */
  readonly summary: string;
}

/** An inline project on disk, with Jest installed. */
export interface Project {
  readonly dir: string;
  /** `leakgate` with these arguments, as built. */
  leakgate(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** Jest itself, with these arguments. */
  jest(args: readonly string[], options?: RunOptions): Promise<Run>;
  read(path: string): string;
}

/** How to run it. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Relative to the project. */
  readonly cwd?: string;
  /** Path of another Node than the running one. */
  readonly node?: string;
  /** Told of every output, and may send signals. */
  readonly onOutput?: (all: string, child: ChildProcess) => void;
}

function summaryOf(stderr: string, dir: string): string {
  const at = stderr.search(/^Leaks: {2}/m);
  if (at < 0) return '';
  return stderr
    .slice(at)
    .replaceAll(`${dir}/`, '<dir>/')
    .replaceAll(/^(Cost: +)[\d,]+ ms \([\d.]+ %/gm, '$1<n> ms (<n> %')
    .replaceAll(/[\d,]+ ms of grace/g, '<n> ms of grace')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    .replaceAll(/process \d+/g, 'process <pid>')
    .replace(/\nTest Suites:.*/s, '')
    .trim();
}

function execute(args: readonly string[], dir: string, { env, cwd, node, onOutput }: RunOptions = {}): Promise<Run> {
  return new Promise((done, fail) => {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(?:LEAKGATE|JEST|NODE_OPTIONS|FORCE_COLOR)/.test(name),
    );
    const child = spawn(node ?? process.execPath, args, {
      cwd: join(dir, cwd ?? '.'),
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', CI: 'true', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      onOutput?.(stdout + stderr, child);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      onOutput?.(stdout + stderr, child);
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr, summary: summaryOf(stderr, dir) }));
  });
}

/**
 * A package.json with Jest's configuration. Its files are run as they stand: each new project would make Jest load Babel, which takes
 * longer than all the rest. What Jest does by default is tried where the package is installed.
 */
export const manifest = (jestConfig: object = {}, rest: object = {}): string =>
  JSON.stringify({ jest: { watchman: false, transform: {}, ...jestConfig }, ...rest });

/** Writes `files` to a folder of their own and lends it to `use`. A package.json without Jest's configuration is added if missing. */
export async function inProject<T>(
  files: Readonly<Record<string, string>>,
  use: (project: Project) => Promise<T>,
): Promise<T> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'leakgate-cli-')));
  try {
    for (const [path, text] of Object.entries({ 'package.json': manifest(), ...files })) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
    return await use({
      dir,
      leakgate: (args, options) => execute([join(ROOT, 'dist/cli/main.js'), ...args], dir, options),
      jest: (args, options) => execute([join(ROOT, 'node_modules/jest/bin/jest.js'), ...args], dir, options),
      read: (path) => readFileSync(join(dir, path), 'utf8'),
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
