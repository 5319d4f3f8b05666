import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { FileReport } from '../../harness/model/report';
import { readRunFolder } from '../../harness/runners/run-folder';

const ROOT = resolve(__dirname, '../..');

/** What Jest says of one test. */
export interface TestResult {
  readonly status: string;
  /** Its failure messages, with their stacks. */
  readonly messages: string;
  /** Base name of its file. */
  readonly file: string;
}

/** One run of the real Jest over real files. */
export interface JestRun {
  /** Exit code; `null` if a signal ended it. */
  readonly code: number | null;
  /** Standard output and standard error, without colours. */
  readonly output: string;
  /** What `jest --json` says of each test, by full name. */
  readonly tests: ReadonlyMap<string, TestResult>;
  /** The harness's own reports, one a test file that finished. */
  readonly reports: readonly FileReport[];
  /** Test files that began and never finished. */
  readonly unfinished: readonly string[];
}

/** How to run it. */
export interface JestRunOptions {
  /** Files of an inline project: path to text. */
  readonly files?: Readonly<Record<string, string>>;
  /** An existing folder, instead of an inline project. */
  readonly rootDir?: string;
  /** Jest configuration on top of the gate's environment. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Standard input of Jest. Default `ignore`: at its end from the start. `open`: a pipe that nobody writes to or closes. */
  readonly stdin?: 'ignore' | 'open';
  /** Flags of Node itself. */
  readonly nodeArgs?: readonly string[];
}

/** Jest's configuration for a project gated by the harness as it stands in `dist`. */
const gated = (rootDir: string): Record<string, unknown> => ({
  rootDir,
  testEnvironment: join(ROOT, 'dist/runners/jest-node.js'),
  transform: { '\\.[jt]sx?$': [join(ROOT, 'node_modules/@swc/jest'), { jsc: { target: 'es2022' } }] },
  watchman: false,
});

/** Runs Jest in a process of its own and gathers all it says. */
export async function runJest(options: JestRunOptions): Promise<JestRun> {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'leakgate-spec-')));
  try {
    const rootDir = options.rootDir ?? join(scratch, 'project');
    const runFolder = join(scratch, 'run');
    mkdirSync(runFolder);
    for (const [path, text] of Object.entries(options.files ?? {})) {
      mkdirSync(dirname(join(rootDir, path)), { recursive: true });
      writeFileSync(join(rootDir, path), text);
    }
    const config = join(scratch, 'jest.config.json');
    writeFileSync(config, JSON.stringify({ ...gated(rootDir), ...options.config }));
    const outputFile = join(scratch, 'result.json');
    const { code, output } = await finished(
      [
        ...(options.nodeArgs ?? []),
        join(ROOT, 'node_modules/jest/bin/jest.js'),
        '--config',
        config,
        '--json',
        '--outputFile',
        outputFile,
        ...(options.args ?? []),
      ],
      rootDir,
      { LEAKGATE_RUN_DIR: runFolder, ...options.env },
      options.stdin === 'open' ? 'pipe' : 'ignore',
    );
    const { reports, unfinished } = readRunFolder(runFolder);
    return { code, output, tests: testsOf(outputFile), reports, unfinished };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function finished(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  stdin: 'pipe' | 'ignore',
): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, CI: 'true', NODE_OPTIONS: undefined, ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    let output = '';
    const add = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', add);
    child.stderr?.on('data', add);
    child.on('error', fail);
    child.on('close', (code) => done({ code, output }));
  });
}

function testsOf(outputFile: string): JestRun['tests'] {
  const tests = new Map<string, TestResult>();
  let text: string;
  try {
    text = readFileSync(outputFile, 'utf8');
  } catch {
    return tests;
  }
  const result = JSON.parse(text) as {
    testResults: {
      name: string;
      assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
    }[];
  };
  for (const { name, assertionResults } of result.testResults) {
    for (const { fullName, status, failureMessages } of assertionResults) {
      tests.set(fullName, { status, messages: failureMessages.join('\n'), file: basename(name) });
    }
  }
  return tests;
}
