import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJest } from './jest-command';

/** How a project's own `npm test` starts Jest. */
export interface TestScript {
  /** Jest and its flags, as `leakgate run --` takes them. */
  readonly words: readonly string[];
  /** Variables that the script sets for it. */
  readonly env: Readonly<Record<string, string>>;
}

const PLAIN: TestScript = { words: ['jest'], env: {} };
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/;
/** They would wait for somebody to press a key. */
const WATCHING = /^--watch(?:All)?(?:=.*)?$/;
/** What a shell makes more of than words. */
const SHELL = /[$`|<>(){}*?\\]/;

/** Words as a shell splits them, quotes taken off; what stands between two is as it is, the other kind of quotes too. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single = '') => double ?? single),
  );

function scriptOf(cwd: string): string {
  try {
    const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as { scripts?: { test?: unknown } };
    return typeof scripts?.test === 'string' ? scripts.test : '';
  } catch {
    return '';
  }
}

/** What of the project's `test` script starts Jest, with the variables and flags it sets; plain `jest` where that cannot be told. */
export function testScript(cwd: string): TestScript {
  const starting = scriptOf(cwd)
    .split(/&&|;/)
    .map(wordsOf)
    .filter((words) => words.some(isJest));
  const [words = []] = starting;
  if (starting.length !== 1 || words.some((word) => SHELL.test(word))) return PLAIN;
  const env: Record<string, string> = {};
  let at = words[0] === 'cross-env' ? 1 : 0;
  for (; at < words.length; at++) {
    const [, name, value] = ASSIGNMENT.exec(words[at] ?? '') ?? [];
    if (name === undefined || value === undefined) break;
    env[name] = value;
  }
  return { words: words.slice(at).filter((word) => !WATCHING.test(word)), env };
}

/** The words that were given, or else those of the `test` script, whose variables are set for it here and now. */
export function adoptCommand(words: readonly string[], cwd: string): TestScript {
  if (words.length > 0) return { words, env: {} };
  const script = testScript(cwd);
  Object.assign(process.env, script.env);
  return script;
}
