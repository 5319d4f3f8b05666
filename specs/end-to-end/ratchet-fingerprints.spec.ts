import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Finding } from '../../harness/model/finding';
import type { RunReport } from '../../harness/model/report';
import { inProject, ROOT, type RunOptions } from '../cli/cli-project';

jest.setTimeout(3_600_000);

/** How many runs in a row: 3, or as many as `FINGERPRINT_RUNS` says. */
const RUNS = Number(process.env.FINGERPRINT_RUNS ?? 3);
/** Other Nodes by path, separated by commas: fingerprints must not differ from the running one's. */
const NODES = (process.env.FINGERPRINT_NODES ?? '').split(',').filter((path) => path !== '');

type Files = Readonly<Record<string, string>>;

/** The text of every file in a folder of fixtures, by its path in a project. */
const filesIn = (folder: string, to: string): Files =>
  Object.fromEntries(
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [`${to}/${name}`, readFileSync(join(ROOT, folder, name), 'utf8')]),
  );

/** A small service's suite, and one of openers of every sort. */
const FILES: Files = {
  ...filesIn('fixtures/service/src', 'src'),
  ...filesIn('fixtures/service/tests', 'tests'),
  ...filesIn('fixtures/ratchet', 'openers'),
  'jest.config.json': JSON.stringify({
    watchman: false,
    transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
  }),
  'package.json': '{}',
};

const keyOf = ({ fingerprint, scope, root, ways }: Finding): string =>
  `${scope.file} ${root.kind} ${scope.path.join(' › ')} ${fingerprint} ${ways ?? 1}`;

/** What leaked, in one line each. */
async function leaksOf(
  files: Files,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<readonly Finding[]> {
  return inProject(files, async ({ leakgate, read }) => {
    const run = await leakgate(['run', '--report', 'r.json', '--', 'jest', ...args], options);
    expect(run.stderr).toContain('Tests passed, but they leak.');
    return (JSON.parse(read('r.json')) as RunReport).files.flatMap(({ findings }) => findings);
  });
}

const keysOf = (findings: readonly Finding[]): readonly string[] => findings.map(keyOf).sort();

describe('fingerprints are the same', () => {
  let first: readonly Finding[];
  let keys: readonly string[];

  beforeAll(async () => {
    first = await leaksOf(FILES, ['--maxWorkers=4']);
    keys = keysOf(first);
  });

  it('and tell of every leak there is', () => {
    expect(first.length).toBeGreaterThan(25);
    expect(new Set(first.map(({ fingerprint }) => fingerprint)).size).toBeGreaterThan(18);
  });

  it(`over ${RUNS} runs, with 1 and 4 workers in turn`, async () => {
    for (let run = 0; run < RUNS; run++) {
      expect(keysOf(await leaksOf(FILES, [run % 2 === 0 ? '--runInBand' : '--maxWorkers=4']))).toEqual(keys);
    }
  });

  it('under 20 lines more', async () => {
    const moved = Object.entries(FILES).map(([path, text]) => [
      path,
      path.endsWith('.ts') ? `${'// a line more\n'.repeat(20)}${text}` : text,
    ]);
    expect(keysOf(await leaksOf(Object.fromEntries(moved)))).toEqual(keys);
  });

  it('beside tests of other names', async () => {
    const titles = new Set(first.map(({ scope }) => scope.path.at(-1)));
    let renamed = 0;
    const files = Object.entries(FILES).map(([path, text]) => [
      path,
      text.replaceAll(/\b(it|test)\('([^']+)'/g, (all, word: string, title: string) => {
        if (titles.has(title)) return all;
        renamed++;
        return `${word}('another ${title}'`;
      }),
    ]);
    const other = await leaksOf(Object.fromEntries(files));
    expect(renamed).toBeGreaterThan(5);
    expect(keysOf(other)).toEqual(keys);
  });

  it('in whatever order the tests run', async () => {
    const fingerprints = (findings: readonly Finding[]) => findings.map(({ fingerprint }) => fingerprint).sort();
    const expected = fingerprints(first.filter(({ scope }) => scope.file.startsWith('openers/')));
    for (const seed of [1, 2]) {
      expect(fingerprints(await leaksOf(FILES, ['openers/', '--randomize', `--seed=${seed}`]))).toEqual(expected);
    }
  });

  const onNodes = NODES.length === 0 ? it.skip : it;
  onNodes('on every Node', async () => {
    for (const node of NODES) expect([node, keysOf(await leaksOf(FILES, [], { node }))]).toEqual([node, keys]);
  });
});
