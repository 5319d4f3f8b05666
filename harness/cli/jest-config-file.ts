import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../config';

const NAMES = ['js', 'ts', 'mjs', 'cjs', 'mts', 'cts', 'json'].map((ending) => `jest.config.${ending}`);

/** The file that configures Jest. */
export interface JestConfigFile {
  readonly path: string;
  /** `package`: the `jest` key of a package.json, which may yet be without one. */
  readonly kind: 'package' | 'json' | 'code';
  readonly text: string;
}

/** What Jest's configuration is to say. */
export interface Additions {
  /** With nothing in the way, this alone. */
  readonly preset: boolean;
  readonly testEnvironment: string | undefined;
  /** There are none yet, so ours and Jest's default can be named. */
  readonly reporters: boolean;
}

const kindOf = (path: string): JestConfigFile['kind'] => (path.endsWith('.json') ? 'json' : 'code');
const readAs = (path: string, kind: JestConfigFile['kind']): JestConfigFile => ({
  // What is renamed into the place of a link would take its place, and leave what it leads to as it was.
  path: realpathSync(path),
  kind,
  text: readFileSync(path, 'utf8'),
});

/** The value of `--config`; `undefined` if it is not given. */
function configFlag(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => /^(?:-c|--config)(?:=|$)/.test(arg));
  return at < 0 ? undefined : (/=(.*)$/s.exec(args[at] ?? '')?.[1] ?? args[at + 1]);
}

/**
 * Finds what configures Jest in a folder, as Jest does.
 * @param args Jest's flags, which may name it
 * @throws {UsageError} for several, or a package.json that is none
 */
export function findJestConfig(cwd: string, args: readonly string[]): JestConfigFile | undefined {
  const named = configFlag(args);
  if (named !== undefined) {
    const path = resolve(cwd, named);
    return named.startsWith('{') || !existsSync(path) ? undefined : readAs(path, kindOf(path));
  }
  const found = NAMES.map((name) => join(cwd, name)).filter((path) => existsSync(path));
  const manifest = join(cwd, 'package.json');
  let key: unknown;
  if (existsSync(manifest)) {
    try {
      key = (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly jest?: unknown }).jest;
    } catch {
      throw new UsageError(`${manifest} is no JSON; mend it first.`);
    }
  }
  if (typeof key === 'string') found.push(resolve(cwd, key));
  else if (key !== undefined || (found.length === 0 && existsSync(manifest))) found.push(manifest);
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    throw new UsageError(`${first} and ${second} both configure Jest, which refuses that; keep one of the two.`);
  }
  return first === undefined ? undefined : readAs(first, first === manifest ? 'package' : kindOf(first));
}

/** Whether the configuration says something of `option`, as far as its text tells. */
export function mentions({ kind, text }: JestConfigFile, option: string): boolean {
  if (kind === 'code') return new RegExp(`\\b${option}\\b`).test(text.replace(/^\s*(?:\/\/|\*).*$/gm, ''));
  const parsed = JSON.parse(text) as Record<string, Record<string, unknown> | undefined>;
  return Object.keys((kind === 'package' ? parsed.jest : parsed) ?? {}).includes(option);
}

const valuesOf = ({ preset, testEnvironment, reporters }: Additions): Readonly<Record<string, unknown>> => ({
  ...(preset ? { preset: 'leakgate' } : {}),
  ...(testEnvironment === undefined ? {} : { testEnvironment }),
  ...(reporters ? { reporters: ['default', 'leakgate/jest-reporter'] } : {}),
});

const literal = (value: unknown, quote: string): string =>
  JSON.stringify(value).replaceAll('","', '", "').replaceAll('"', quote);

/** The lines to add, as they are written by hand. */
export const asLines = (additions: Additions): readonly string[] =>
  Object.entries(valuesOf(additions)).map(([name, value]) => `${name}: ${literal(value, "'")},`);

/** The text of `file` with `additions`; `undefined` where it is written in a way that a few words cannot be added to. */
export function withAdditions(file: JestConfigFile, additions: Additions): string | undefined {
  return file.kind === 'code' ? inCode(file.text, additions) : inJson(file, additions);
}

function inJson({ kind, text }: JestConfigFile, additions: Additions): string {
  const parsed = JSON.parse(text) as Record<string, unknown>;
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  const merged = (config: unknown): Record<string, unknown> => ({
    ...valuesOf(additions),
    ...(config as Record<string, unknown> | undefined),
    ...valuesOf(additions),
  });
  const written = kind === 'package' ? { ...parsed, jest: merged(parsed.jest) } : merged(parsed);
  return `${JSON.stringify(written, null, indent)}${text.endsWith('\n') ? '\n' : ''}`;
}

/** Where the object begins that a configuration most often is. */
const OBJECTS = [
  /module\.exports\s*=\s*\{/,
  /export\s+default\s+\{/,
  /(?:const|let|var)\s+\w+\s*(?::\s*[\w.<>'"()[\] ]+)?=\s*\{/,
  /return\s+\{/,
];

const NAMED_ENVIRONMENT = /(\btestEnvironment\s*:\s*)(['"`])(?:node|jsdom|jest-environment-(?:node|jsdom))\2/;

function inCode(text: string, additions: Additions): string | undefined {
  const quote = (text.match(/"/g) ?? []).length > (text.match(/'/g) ?? []).length ? '"' : "'";
  const values = { ...valuesOf(additions) };
  let written = text;
  if (values.testEnvironment !== undefined && NAMED_ENVIRONMENT.test(text)) {
    written = text.replace(NAMED_ENVIRONMENT, (_, name: string) => name + literal(values.testEnvironment, quote));
    delete values.testEnvironment;
  }
  const lines = Object.entries(values).map(([name, value]) => `${name}: ${literal(value, quote)},`);
  if (lines.length === 0) return written;
  for (const object of OBJECTS) {
    const match = object.exec(written);
    if (match === null) continue;
    const at = match.index + match[0].length;
    const rest = written.slice(at);
    const indent = /^[ \t]*\r?\n([ \t]+)/.exec(rest)?.[1];
    const added = indent === undefined ? ` ${lines.join(' ')}` : lines.map((line) => `\n${indent}${line}`).join('');
    return `${written.slice(0, at)}${added}${rest}`;
  }
  return undefined;
}
