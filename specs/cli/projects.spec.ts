import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { inProject, manifest, type Project } from './cli-project';

jest.setTimeout(180_000);

const FILE = 'leakgate-baseline.jsonl';
const LEAKY = "test('polls', () => { setInterval(() => {}, 5000); });\n";
const MENDED = "test('polls', () => {});\n";

/** Three Jest projects: one with a configuration of its own, one with a package.json, and one with what the folder above has. */
const FILES = {
  'package.json': manifest(
    { projects: ['<rootDir>/packages/*'] },
    { leakgate: { known: [{ reason: 'of the whole', file: 'packages/c/known.test.js' }] } },
  ),
  // The same test by name and line in each: nothing but its baseline tells one from the other.
  'packages/a/jest.config.json': JSON.stringify({ displayName: 'a', transform: {} }),
  'packages/a/leakgate.config.json': JSON.stringify({ known: [{ reason: 'of a alone', file: 'known.test.js' }] }),
  'packages/a/x.test.js': LEAKY,
  'packages/a/known.test.js': LEAKY,
  'packages/b/package.json': JSON.stringify({ name: 'b', jest: { displayName: 'b', transform: {} } }),
  'packages/b/leakgate.config.json': '{}',
  'packages/b/x.test.js': LEAKY,
  'packages/c/jest.config.json': JSON.stringify({ displayName: 'c', transform: {} }),
  'packages/c/x.test.js': LEAKY,
  'packages/c/known.test.js': LEAKY,
};

const write = ({ dir }: Project, path: string, text: string): void => writeFileSync(join(dir, path), text);
const leaksIn = ({ read }: Project, path: string): unknown[] =>
  read(path)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => (JSON.parse(line) as { file: string }).file);

describe('Jest projects with configurations and baselines of their own', () => {
  it('are each judged by their own, all at once', async () => {
    await inProject(FILES, async (project) => {
      const written = await project.leakgate(['baseline', 'write']);
      expect(written.stdout.match(/^\S+ holds .*\.$/gm)?.sort()).toEqual(
        [FILE, `packages/a/${FILE}`, `packages/b/${FILE}`].map(
          (path) => `${path} holds 1 leak. Commit it: these fail no test from now on, and new ones do.`,
        ),
      );
      expect(leaksIn(project, FILE)).toEqual(['packages/c/x.test.js']);
      expect(leaksIn(project, `packages/a/${FILE}`)).toEqual(['x.test.js']);
      expect(leaksIn(project, `packages/b/${FILE}`)).toEqual(['x.test.js']);

      const green = await project.leakgate(['run', '--report', 'r.json', '--', 'jest', '--ci']);
      expect(green.summary).toMatch(/^Leaks: {7}none\nKnown: {7}5 leaks that fail no test$/m);
      expect(green.code).toBe(0);

      // What one has mended, no other has.
      write(project, 'packages/a/x.test.js', MENDED);
      const shards = [1, 2].map((index) => `shard-${index}.json`);
      for (const [at, report] of shards.entries()) {
        const args = ['run', '--run-id', '1', '--report', report, '--', 'jest', '--ci', `--shard=${at + 1}/2`];
        await project.leakgate(args);
      }
      const merged = await project.leakgate(['report', 'merge', ...shards, '--report', 'whole.json']);
      expect(merged.stderr.match(/^Baseline:.*$/gm)).toEqual([
        `Baseline:    1 leak of packages/a/${FILE} is mended. Run \`npx leakgate baseline prune\`, and commit the file.`,
      ]);
      expect(merged.code).toBe(3);
      const pruned = await project.leakgate(['baseline', 'prune', '--report', 'whole.json']);
      expect(pruned.stdout).toContain(`1 leak less: packages/a/${FILE} is empty, and deleted. Commit that.\n`);
      expect(pruned.stdout).toContain(`packages/b/${FILE} holds 1 leak, as before.\n`);
      expect(existsSync(join(project.dir, `packages/a/${FILE}`))).toBe(false);
      expect(leaksIn(project, `packages/b/${FILE}`)).toEqual(['x.test.js']);
    });
  });

  it('are refused before a test runs when the baseline or the rules of any one are malformed', async () => {
    const broken: readonly [string, string, string][] = [
      [`packages/b/${FILE}`, '', `packages/b/${FILE} is empty; `],
      [
        'packages/b/leakgate.config.json',
        '{"known":[{"package":"x"}]}',
        'packages/b/leakgate.config.json: known.0.reason',
      ],
    ];
    for (const [path, text, sentence] of broken) {
      await inProject({ ...FILES, [path]: text }, async ({ leakgate, read }) => {
        for (const args of [
          ['run', '--', 'jest'],
          ['baseline', 'write'],
        ]) {
          const run = await leakgate(args);
          expect(run.stderr).toMatch(/^leakgate: [^\n]+\n$/);
          expect(run.stderr).toContain(sentence);
          expect(run.code).toBe(2);
        }
        expect(read(path)).toBe(text);
      });
    }
  });

  it('run apart from each other leave each other their lines of a baseline, and their rules', async () => {
    const project = (displayName: string): object => ({
      displayName,
      transform: {},
      testMatch: [`<rootDir>/${displayName}/*.test.js`],
    });
    const files = {
      'package.json': manifest({ projects: [project('unit'), project('far')] }),
      'leakgate.config.json': JSON.stringify({ known: [{ reason: 'of the far', file: 'far/known.test.js' }] }),
      'unit/x.test.js': LEAKY,
      'far/x.test.js': LEAKY,
      'far/known.test.js': LEAKY,
    };
    await inProject(files, async (each) => {
      await each.leakgate(['baseline', 'write']);
      expect(leaksIn(each, FILE)).toEqual(['far/x.test.js', 'unit/x.test.js']);
      const before = each.read(FILE);
      const unit = ['jest', '--ci', '--selectProjects', 'unit'];
      const run = await each.leakgate(['run', '--report', 'r.json', '--', ...unit]);
      expect(run.summary).not.toMatch(/^(?:Baseline|Rule):/m);
      expect(run.code).toBe(0);
      const pruned = await each.leakgate(['baseline', 'prune', '--report', 'r.json']);
      expect(pruned.stdout).toBe(`${FILE} holds 2 leaks, as before.\n`);
      expect(each.read(FILE)).toBe(before);
      write(each, 'unit/x.test.js', MENDED);
      const mended = await each.leakgate(['run', '--report', 'r.json', '--', ...unit]);
      expect(mended.summary).toContain(`Baseline:    1 leak of ${FILE} is mended.`);
      expect(mended.code).toBe(3);
      await each.leakgate(['baseline', 'prune', '--report', 'r.json']);
      expect(leaksIn(each, FILE)).toEqual(['far/x.test.js']);
    });
  });
});
