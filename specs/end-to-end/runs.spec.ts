import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { openings } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

const ROOT = resolve(__dirname, '../..');
const QUICK = { testEnvironmentOptions: { leakgate: { graceMs: 50 } } };

/** One careless test between two careful ones, at a line that instrumenting moves. */
const careless = (name: string): string => `
const pick = (value) => (value ? 'one' : 'other');

test('${name}: before', () => {
  expect(pick(1)).toBe('one');
});
test('${name}: careless', () => {
  if (pick(0) === 'other') setTimeout(() => {}, 60_000); // line 8
});
test('${name}: after', () => {});
`;

const four = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.test.js`, careless(name)]));
const all = ['a.test.js:8', 'b.test.js:8', 'c.test.js:8', 'd.test.js:8'];

const failed = (run: Awaited<ReturnType<typeof runJest>>): string[] =>
  [...run.tests].filter(([, { status }]) => status === 'failed').map(([name]) => name);

describe('ways to run', () => {
  it.each([['--runInBand'], ['--maxWorkers=2'], ['--maxWorkers=2', '--workerThreads'], ['--randomize', '--runInBand']])(
    'finds the same with %s %s',
    async (...args) => {
      const run = await runJest({ files: four, config: QUICK, args });
      expect(openings(run)).toEqual(all);
      expect(failed(run).sort()).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name}: careless`));
      expect(run.code).toBe(1);
    },
  );

  it('judges each shard for itself', async () => {
    const shards = [
      await runJest({ files: four, config: QUICK, args: ['--shard=1/2'] }),
      await runJest({ files: four, config: QUICK, args: ['--shard=2/2'] }),
    ];
    expect(shards.flatMap(openings).sort()).toEqual(all);
  });

  it.each(['babel', 'v8'])('names the written line with coverage by %s', async (provider) => {
    const run = await runJest({
      files: { 'a.test.js': careless('a') },
      config: { ...QUICK, coverageReporters: ['json-summary'], coverageDirectory: '<rootDir>/coverage' },
      args: ['--coverage', `--coverageProvider=${provider}`, '--collectCoverageFrom=**/*.js'],
    });
    expect(openings(run)).toEqual(['a.test.js:8']);
    expect(run.output).toMatch(
      /> {1,2}8 \| {3}if \(pick\(0\) === 'other'\) setTimeout\(\(\) => \{\}, 60_000\); \/\/ line 8/,
    );
  });

  it('counts a leak as the failure that --bail stops at', async () => {
    const run = await runJest({ files: four, config: QUICK, args: ['--bail', '--runInBand'] });
    expect(run.reports).toHaveLength(1);
    expect(run.unfinished).toEqual([]);
    expect(run.code).toBe(1);
  });

  it('takes the options of each project', async () => {
    const base = {
      rootDir: '<rootDir>',
      testEnvironment: join(ROOT, 'dist/runners/jest-node.js'),
      transform: {},
    };
    const run = await runJest({
      files: { 'a.test.js': careless('a'), 'b.test.js': careless('b') },
      config: {
        testEnvironment: undefined,
        projects: [
          { ...base, displayName: 'on', testMatch: ['**/a.test.js'], ...QUICK },
          {
            ...base,
            displayName: 'off',
            testMatch: ['**/b.test.js'],
            testEnvironmentOptions: { leakgate: { level: 'off' } },
          },
        ],
      },
      args: ['--forceExit'],
    });
    expect(openings(run)).toEqual(['a.test.js:8']);
    expect(failed(run)).toEqual(['a: careless']);
  });

  it('judges each run of --watchAll afresh', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakgate-watch-')));
    const file = join(folder, 'a.test.js');
    writeFileSync(file, careless('a'));
    const config = {
      testEnvironment: join(ROOT, 'dist/runners/jest-node.js'),
      transform: {},
      watchman: false,
      ...QUICK,
    };
    writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(config));
    const child = spawn(process.execPath, [join(ROOT, 'node_modules/jest/bin/jest.js'), '--watchAll'], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, CI: undefined, LEAKGATE_RUN_DIR: undefined },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const runs = async (count: number): Promise<string> => {
      while (output.split('Ran all test suites').length <= count) {
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
      }
      return output.split('Ran all test suites')[count - 1] ?? '';
    };
    try {
      expect(await runs(1)).toMatch(/> {1,2}8 \|/);
      writeFileSync(file, careless('a').replace("=== 'other'", "=== 'none'"));
      const mended = await runs(2);
      expect(mended).toContain('3 passed');
      expect(mended).not.toContain('never cleared');
      writeFileSync(file, careless('a'));
      expect(await runs(3)).toContain('A timeout of 60 s was armed in this test, but never cleared.');
    } finally {
      child.kill();
      await once(child, 'close');
      rmSync(folder, { recursive: true });
    }
  });
});
