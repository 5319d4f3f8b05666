import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { inProject, manifest, ROOT } from '../cli/cli-project';

jest.setTimeout(120_000);

const CLEAN = "test('clean', () => {});\n";
const LEAKY = "test('leaky', () => { setInterval(() => {}, 5000); });\n";

/** What the preset sets. */
const gated = (own: object = {}, jestConfig: object = {}): string =>
  manifest(
    {
      ...jestConfig,
      testEnvironment: join(ROOT, 'dist/runners/jest-node.js'),
      reporters: ['default', join(ROOT, 'dist/runners/jest-reporter.js')],
    },
    own,
  );

describe('the reporter of the preset', () => {
  it('ends a run with the summary, from workers too, and leaves no folder behind', async () => {
    await inProject({ 'package.json': gated(), 'a.test.js': LEAKY, 'b.test.js': CLEAN }, async ({ jest: run, dir }) => {
      const { code, summary } = await run(['--maxWorkers=2'], { env: { TMPDIR: dir } });
      expect(summary).toMatch(
        /^Leaks: {7}1 in 1 place\n {2}1 × interval of 5 s {2}a\.test\.js:1:23 {2}[\da-f]{12}\n {6}leaky\nChecked: {5}2 tests in 2 files\n/,
      );
      expect(summary).toMatch(/Tests passed, but they leak\.$/);
      expect(code).toBe(1);
      expect(readdirSync(dir).filter((name) => name.startsWith('leakgate-run-'))).toEqual([]);
    });
  });

  it('gives what a test has started and left running the grace that is set for the tests', async () => {
    const script = "require('node:child_process').spawn('sh', ['-c', 'sleep 2 & true'], { stdio: 'ignore' })";
    const files = {
      'package.json': gated({}, { testEnvironmentOptions: { leakgate: { graceMs: 20_000 } } }),
      'a.test.js': `test('x', (done) => { ${script}.on('close', () => done()); });\n`,
    };
    await inProject(files, async ({ jest: run }) => {
      const { code, summary } = await run([]);
      expect(summary).toMatch(/^Leaks: {7}none/);
      expect(code).toBe(0);
    });
  });

  it('says in one sentence that there is no place for its folder', async () => {
    const files = { 'package.json': gated({}, { cacheDirectory: '<rootDir>/cache' }), 'a.test.js': CLEAN };
    await inProject(files, async ({ jest: run, dir }) => {
      const none = join(dir, 'none');
      const { code, stderr } = await run([], { env: { TMPDIR: none, TMP: none, TEMP: none } });
      expect(stderr.trim()).toMatch(
        /^leakgate: The run needs a folder in \S+none, and cannot write there: ENOENT: [^\n]* Make room, or name another place by TMPDIR\.$/,
      );
      expect(code).toBe(1);
    });
  });

  it('keeps silent under leakgate run, which prints the summary itself', async () => {
    await inProject({ 'package.json': gated(), 'a.test.js': CLEAN }, async ({ leakgate }) => {
      const { code, stderr } = await leakgate(['run', '--', 'jest']);
      expect(stderr.match(/^Leaks:/gm)).toHaveLength(1);
      expect(code).toBe(0);
    });
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'a file that ran unchecked',
      { 'a.test.js': `/** @jest-environment node */\n${CLEAN}` },
      'Problem:     a.test.js ran but was not checked.',
    ],
    [
      'a rule that matched nothing',
      { 'package.json': gated({ leakgate: { allow: [{ reason: 'old', package: 'sdk' }] } }), 'a.test.js': CLEAN },
      'Rule:        package.json:1  "old" matched nothing in the whole run.',
    ],
  ])('fails a run whose tests all passed for %s', async (_what, files, line) => {
    await inProject({ 'package.json': gated(), ...files }, async ({ jest: run }) => {
      const { code, summary, stderr } = await run([]);
      expect(stderr).toContain('Tests:       1 passed, 1 total');
      expect(summary).toContain(line);
      expect(code).toBe(1);
    });
  });

  it('leaves a clean run green', async () => {
    await inProject({ 'package.json': gated(), 'a.test.js': CLEAN }, async ({ jest: run }) => {
      expect(await run([])).toMatchObject({ code: 0, summary: expect.stringMatching(/^Leaks: {7}none\n/) });
    });
  });
});
