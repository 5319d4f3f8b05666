import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../config';

/** How Jest is to be started. */
export interface JestCommand {
  /** Flags of Node itself, from `node --experimental-vm-modules …/jest.js`. */
  readonly nodeArgs: readonly string[];
  /** Absolute path of Jest's executable script. */
  readonly script: string;
  readonly args: readonly string[];
}

const LAUNCHERS = new Set(['npx', 'pnpx', 'bunx', 'npm', 'yarn', 'pnpm']);
/** What may stand between a launcher and the command it launches. */
const LAUNCHER_WORD = /^(?:-.*|run|exec|x)$/;

const nameOf = (word: string): string => basename(word.replaceAll('\\', '/')).replace(/\.(?:cmd|exe|js|cjs)$/, '');
/** Whether a word of a command names Jest. */
export const isJest = (word: string): boolean => nameOf(word) === 'jest' || nameOf(word) === 'jest-cli';

/**
 * Understands what stands after `--`: `jest`, a launcher and `jest`, a path to Jest, or Node with flags and such a path.
 * @throws {UsageError} if it is not Jest, or Jest is not installed
 */
export function jestCommand(words: readonly string[], cwd: string): JestCommand {
  const [first] = words;
  if (first === undefined) {
    throw new UsageError('leakgate run needs a command after `--`; for example: leakgate run -- jest --ci');
  }
  const at = words.findIndex(isJest);
  const before = words.slice(0, Math.max(at, 0));
  const node = nameOf(first) === 'node';
  const launched = LAUNCHERS.has(nameOf(first)) && before.slice(1).every((word) => LAUNCHER_WORD.test(word));
  if (at < 0 || (at > 0 && !node && !launched)) {
    throw new UsageError(
      `leakgate run starts Jest, and cannot tell where it is in \`${words.join(' ')}\`; it understands jest, npx jest, yarn jest, pnpm exec jest, a path to jest.js, and node [flags] path/to/jest.js.`,
    );
  }
  const nodeArgs = node ? before.slice(1) : [];
  return { nodeArgs, script: scriptOf(words[at] ?? '', cwd), args: words.slice(at + 1) };
}

function scriptOf(word: string, cwd: string): string {
  if (!/[/\\]/.test(word) && !word.endsWith('.js')) return installedScript(cwd, cwd);
  const path = resolve(cwd, word);
  if (!existsSync(path)) throw new UsageError(`There is no Jest at ${path}, which \`${word}\` names.`);
  const script = realpathSync(path);
  // What npm and pnpm put in `.bin` is, on some platforms, a shell script.
  return script.endsWith('.js') ? script : installedScript(dirname(script), cwd);
}

function installedScript(from: string, cwd: string): string {
  const { resolve: find } = createRequire(join(from, 'package.json'));
  for (const name of ['jest', 'jest-cli']) {
    let manifest: string;
    try {
      manifest = find(`${name}/package.json`);
    } catch {
      continue;
    }
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> };
    const script = typeof bin === 'string' ? bin : bin.jest;
    if (script !== undefined) return join(dirname(manifest), script);
  }
  throw new UsageError(
    `Jest is not installed in ${cwd} or above it; install it with \`npm install --save-dev jest\`, or give the path of jest.js after \`--\`.`,
  );
}

/** `--flag value` and `--flag=value` are both taken out, as many times as they stand there. */
export function withoutFlags(args: readonly string[], flags: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--') return [...kept, ...args.slice(index)];
    if (flags.includes(arg)) index++;
    else if (!flags.some((flag) => arg.startsWith(`${flag}=`))) kept.push(arg);
  }
  return kept;
}
