import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const IS_WINDOWS = process.platform === 'win32';

/** How a command ended, and all it said. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** Standard output and standard error. */
  readonly output: string;
}

/** `hoisted`: everything side by side, npm's way. `linked`: a package sees only what it depends on, pnpm's way. */
export type Layout = 'hoisted' | 'linked';

/** A project of somebody else's: an empty folder with this package in it, from the real tarball. */
export interface PackedProject {
  readonly folder: string;
  /** Paths within the tarball. */
  readonly packed: readonly string[];
  write(files: Readonly<Record<string, string>>): void;
  /** Runs a command of the project's, or `node`. */
  run(command: string, ...args: readonly string[]): Promise<Ended>;
  /** Runs a line of shell, as a reader would type it. */
  shell(line: string): Promise<Ended>;
  remove(): void;
}

function run(folder: string, command: string, args: readonly string[]): Promise<Ended> {
  // The user's shell would not have our test run's variables.
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', CI: 'true', NODE_OPTIONS: undefined };
  for (const name of Object.keys(env))
    if (/^(LEAKGATE|JEST|npm)_|^(FORCE_COLOR|NODE_ENV)$/.test(name)) delete env[name];
  return new Promise((done) => {
    execFile(
      command,
      [...args],
      { cwd: folder, env, shell: IS_WINDOWS, maxBuffer: 32 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        done({ code, stdout, output: `${stdout}${stderr}${code === -1 ? String(error) : ''}` });
      },
    );
  });
}

async function mustRun(folder: string, command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await run(folder, command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
  return stdout;
}

/**
 * Packs this package as `npm publish` would, installs the tarball and `packages` into an empty project, from npm's cache where
 * it can, and hands it over.
 */
export async function packedProject(packages: readonly string[], layout: Layout = 'hoisted'): Promise<PackedProject> {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'leakgate-packed-')));
  const folder = join(scratch, 'project');
  mkdirSync(folder);
  try {
    // Built already, and other specs are at work in `dist`.
    const told = await mustRun(ROOT, 'npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', scratch]);
    const [tarball] = [JSON.parse(told)].flatMap((each) => (Array.isArray(each) ? each : Object.values(each))) as {
      filename: string;
      files: { path: string }[];
    }[];
    if (tarball === undefined) throw new Error(`npm pack told of no tarball:\n${told}`);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0', private: true }));
    const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    const strategy = `--install-strategy=${layout}`;
    await mustRun(folder, 'npm', ['install', ...quick, strategy, join(scratch, tarball.filename), ...packages]);
    return {
      folder,
      packed: tarball.files.map((file) => file.path),
      write(files) {
        for (const [path, text] of Object.entries(files)) {
          mkdirSync(dirname(join(folder, path)), { recursive: true });
          writeFileSync(join(folder, path), text);
        }
      },
      run: (command, ...args) =>
        run(folder, command === 'node' ? process.execPath : join(folder, 'node_modules/.bin', command), args),
      shell: (line) => run(folder, IS_WINDOWS ? 'cmd' : 'sh', [IS_WINDOWS ? '/c' : '-c', line]),
      remove() {
        rmSync(scratch, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    throw error;
  }
}
