import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Benchmark, Scale } from './benchmarks';
import type { Runner } from './contenders';

const ROOT = resolve(__dirname, '../..');
const TEMPLATES = join(__dirname, 'suites');
/** What the suites share. */
const SUPPORT = ['record.ts', 'services.ts'];

/** Where the suites are generated: inside the checkout, so that they find its packages, and ignored by Git. */
const PROJECTS = join(ROOT, '.leakgate/bench');

const jestConfig = (folder: string): object => ({
  rootDir: folder,
  testMatch: ['<rootDir>/*.bench.ts'],
  transform: { '\\.ts$': [join(ROOT, 'node_modules/@swc/jest'), { jsc: { target: 'es2022' } }] },
  cacheDirectory: join(PROJECTS, 'jest-cache'),
  watchman: false,
});

const vitestConfig = `export default { test: { include: ['*.bench.ts'] } };\n`;

/** A template as `runner` reads it. Both know the same functions by the same names, from another module. */
function forRunner(runner: Runner, template: string): string {
  const text = readFileSync(join(TEMPLATES, template), 'utf8');
  return runner === 'jest' ? text : text.replace(`'@jest/globals'`, `'vitest'`);
}

/** One suite for one runner, at one scale. */
export interface ProjectOptions {
  readonly benchmark: Benchmark;
  readonly runner: Runner;
  readonly scale: Scale;
  readonly copies: number;
  /** Names the folder, beside the runner and the suite. */
  readonly variant: string;
}

/** Writes the project anew and returns its folder. */
export function writeProject({ benchmark, runner, scale, copies, variant }: ProjectOptions): string {
  const folder = join(PROJECTS, `${runner}-${benchmark.id}-${variant}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  if (runner === 'jest') write('jest.config.json', JSON.stringify(jestConfig(folder), undefined, 2));
  else write('vitest.config.mjs', vitestConfig);
  write('scale.ts', `export const scale = ${JSON.stringify(scale)};\n`);
  for (const name of SUPPORT) write(name, forRunner(runner, name));
  const suite = forRunner(runner, `${benchmark.suite}.suite.ts`);
  for (let copy = 1; copy <= copies; copy++) write(`${benchmark.suite}-${copy}.bench.ts`, suite);
  return folder;
}
