import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one run of one contender gave: figures by the id of their measure. */
export type Figures = Readonly<Record<string, number>>;

/** A run that did not end well; its figures count for nothing. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** How much of a failed run's output is quoted. */
const QUOTED = 3_000;

/** POSIX `times` tells what all descendants of the shell used: workers are in it, and no package is needed. */
const WITH_TIMES = '"$@"; code=$?; times >"$0"; exit $code';

/** User and system CPU seconds of the shell's descendants. */
function cpuSeconds(path: string): Figures {
  if (!existsSync(path)) return {};
  const children = readFileSync(path, 'utf8').trim().split('\n')[1] ?? '';
  const [user, system] = [...children.matchAll(/(\d+)m([\d.,]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds?.replace(',', '.')),
  );
  return user === undefined || system === undefined ? {} : { user, system };
}

function recorded(path: string): Figures {
  if (!existsSync(path)) return {};
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const figures = lines.map((line) => JSON.parse(line) as { measure: string; value: number });
  return Object.fromEntries(figures.map(({ measure, value }) => [measure, value]));
}

/**
 * Runs Node once and measures it: wall time, CPU time where there is a POSIX shell, and what the suite recorded by itself.
 * @throws {RunError} if it does not exit with 0, with the end of its output
 */
export async function measuredRun(node: string, args: readonly string[], cwd: string): Promise<Figures> {
  const scratch = mkdtempSync(join(tmpdir(), 'leakgate-bench-'));
  const times = join(scratch, 'times');
  const figures = join(scratch, 'figures');
  const [command, ...rest] =
    process.platform === 'win32' ? [node, ...args] : ['/bin/sh', '-c', WITH_TIMES, times, node, ...args];
  const env = { ...process.env, BENCH_FIGURES: figures, CI: 'true', NO_COLOR: '1', FORCE_COLOR: undefined };
  try {
    const startMs = performance.now();
    const child = spawn(command as string, rest, {
      cwd,
      env: { ...env, NODE_OPTIONS: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-QUOTED);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const [code] = (await once(child, 'close')) as [number | null];
    const wall = (performance.now() - startMs) / 1e3;
    if (code !== 0) throw new RunError(`It ended with ${code ?? 'a signal'}:\n${output.trim()}`);
    return { wall, ...cpuSeconds(times), ...recorded(figures) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
