import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const CACHE = resolve(__dirname, '../../node_modules/.cache/leakgate-bench');

/** Paths of Node binaries that are there already, separated by commas: nothing is downloaded for their versions. */
export const NODES_VARIABLE = 'BENCH_NODES';

/** A Node to measure on. */
export interface NodeBinary {
  readonly path: string;
  /** `20.20.2` */
  readonly version: string;
  readonly major: number;
}

/** @throws if `path` is no Node */
function inspect(path: string): NodeBinary {
  const version = execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
  return { path, version, major: Number.parseInt(version, 10) };
}

const running: NodeBinary = {
  path: process.execPath,
  version: process.versions.node,
  major: Number.parseInt(process.versions.node, 10),
};

/** Installs the npm package `node` of that major version into a folder of its own, once. */
function install(major: number): NodeBinary {
  const folder = join(CACHE, `node-${major}`);
  const path = join(folder, 'node_modules/.bin/node');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--no-save', `node@${major}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
  }
  return inspect(path);
}

/**
 * The binaries for what `--node` names: major versions. The running Node serves its own version, `BENCH_NODES` those it lists,
 * npm the rest.
 * @throws if one cannot be installed or started
 */
export function findNodes(majors: readonly number[]): readonly NodeBinary[] {
  const listed = (process.env[NODES_VARIABLE] ?? '').split(',').filter(Boolean).map(inspect);
  return majors.map((major) => [running, ...listed].find((node) => node.major === major) ?? install(major));
}

/** The version that runs the benchmark itself. */
export const RUNNING_MAJOR = running.major;
