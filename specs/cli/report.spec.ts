import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import type { RunReport } from '../../harness/model/report';
import { FULL_REPORT } from '../reporters/a-full-report';
import { aFile, aRun } from '../reporters/a-report';
import { HOSTILE_NAMES } from '../reporters/hostile-names';
import { inProject, manifest, type Project, ROOT } from './cli-project';

jest.setTimeout(120_000);

const CLEAN = "test('clean', () => {});\n";
const LEAKY = "test('leaky', () => { setInterval(() => {}, 5000); });\n";

const shard = (index: number, over: Partial<RunReport> = {}): string => {
  const report = aRun({ files: [aFile({ file: `${index}.test.js` })], ...over });
  return JSON.stringify({ ...report, run: { ...report.run, shard: { index, count: 2 } } });
};

/** What the summary says went wrong. */
const problemsOf = (stderr: string): string[] =>
  [...stderr.matchAll(/^Problem: {5}(.*)$/gm)].map(([, problem = '']) => problem);

describe('shards of a real run', () => {
  const files = { 'a.test.js': LEAKY, 'b.test.js': CLEAN, 'c.test.js': CLEAN, 'd.test.js': CLEAN };

  /** One of two machines of a CI. */
  async function runShard({ leakgate }: Project, index: number): Promise<number | null> {
    const args = ['run', '--report', `shard-${index}.json`, '--', 'jest', `--shard=${index}/2`];
    return (await leakgate(args, { env: { GITHUB_RUN_ID: '77', GITHUB_SHA: 'c0ffee' } })).code;
  }

  it('are one run again: every file once, and as red as its worst shard', async () => {
    await inProject(files, async (project) => {
      const codes = [await runShard(project, 1), await runShard(project, 2)];
      expect([...codes].sort()).toEqual([0, 3]);
      const merged = await project.leakgate([
        'report',
        'merge',
        'shard-1.json',
        'shard-2.json',
        '--report',
        'whole.json',
      ]);
      expect(merged.code).toBe(3);
      expect(merged.stderr).toContain('Checked:     4 tests in 4 files');
      const report = JSON.parse(project.read('whole.json')) as RunReport;
      expect(report.run).toMatchObject({ id: '77', commit: 'c0ffee', merged: 2 });
      expect(report.files.map(({ file }) => file)).toEqual(Object.keys(files));
      expect(report.files.flatMap(({ cases }) => cases.map(({ status }) => status))).toEqual(Array(4).fill('passed'));

      const one = await project.leakgate(['report', 'merge', 'shard-2.json']);
      expect(problemsOf(one.stderr)).toEqual(['Shard 1 of 2 is missing: its report was lost, or its job never ran.']);
      expect(one.code).toBe(4);
    });
  });

  it('fit no others where no CI says which run they are of, unless told so', async () => {
    await inProject(files, async ({ leakgate }) => {
      const none = { GITHUB_RUN_ID: undefined, CI_PIPELINE_ID: undefined };
      for (const index of [1, 2]) {
        const jestArgs = ['--', 'jest', `--shard=${index}/2`, 'c.test', 'd.test'];
        await leakgate(['run', '--report', `lone-${index}.json`, ...jestArgs], { env: none });
        await leakgate(['run', '--report', `told-${index}.json`, '--run-id', 'mine', ...jestArgs], { env: none });
      }
      const strangers = await leakgate(['report', 'merge', 'lone-1.json', 'lone-2.json']);
      expect(strangers.code).toBe(4);
      expect(problemsOf(strangers.stderr)[0]).toMatch(
        /^lone-2\.json is of another run: \S+, where lone-1\.json is of \S+\. Merge the shards of one run\.$/,
      );
      expect((await leakgate(['report', 'merge', 'told-1.json', 'told-2.json'])).code).toBe(0);
    });
  });
});

describe('leakgate report merge', () => {
  it.each<[string, string | undefined, string]>([
    [
      'missing',
      undefined,
      'There is no report at two.json: the run that was to write it did not get that far, or wrote elsewhere.',
    ],
    ['empty', '', 'The report two.json is empty: the run that was to write it was cut short.'],
    [
      'cut in the middle',
      shard(2).slice(0, 500),
      'The report two.json is cut in the middle, after 500 characters: it was not written, or not copied, to its end.',
    ],
    [
      'of an unknown version',
      '{"version":99}',
      'The report two.json is of version 99, and leakgate <version> reads version 2 only',
    ],
    [
      'malformed',
      shard(2).replace('"outcome":"clean"', '"outcome":"fine"'),
      'The report two.json is malformed: outcome must be',
    ],
    [
      'of another run',
      shard(2).replace('run-1', 'run-0'),
      'two.json is of another run: run-0, where one.json is of run-1.',
    ],
    [
      'of another commit',
      shard(2).replace('c0ffee', 'decade'),
      'two.json is of another commit: decade, where one.json is of c0ffee.',
    ],
  ])('is red, and says so in a sentence, when a shard is %s', async (_what, two, sentence) => {
    const files = { 'one.json': shard(1), ...(two === undefined ? {} : { 'two.json': two }) };
    await inProject(files, async ({ leakgate, read }) => {
      const run = await leakgate(['report', 'merge', 'one.json', 'two.json', '--report', 'whole.json']);
      const [first = '', ...others] = problemsOf(run.stderr).map((each) =>
        each.replace(/leakgate \d\S+/, 'leakgate <version>'),
      );
      expect(first).toContain(sentence);
      expect(others).toEqual(['Shard 2 of 2 is missing: its report was lost, or its job never ran.']);
      expect(run.code).toBe(4);
      expect(JSON.parse(read('whole.json'))).toMatchObject({ outcome: 'broken' });
    });
  });

  it('writes over none of the reports it reads', async () => {
    await inProject({ 'one.json': shard(1), 'two.json': shard(2) }, async ({ leakgate, dir, read }) => {
      const run = await leakgate(['report', 'merge', 'one.json', 'two.json', '--report', './two.json']);
      expect(run.stderr).toBe(
        `leakgate: ${dir}/two.json is one of the reports to be merged; write the whole elsewhere.\n`,
      );
      expect(run.code).toBe(2);
      expect(read('two.json')).toBe(shard(2));
    });
  });

  it('is red with nothing but the sentences when no shard can be read', async () => {
    await inProject({ 'one.json': '' }, async ({ leakgate }) => {
      const run = await leakgate(['report', 'merge', 'one.json', 'two.json']);
      expect(run).toMatchObject({
        code: 4,
        stderr:
          'leakgate: The report one.json is empty: the run that was to write it was cut short.\nThere is no report at two.json: the run that was to write it did not get that far, or wrote elsewhere.\n',
      });
    });
  });
});

describe('leakgate report render', () => {
  const files = { 'report.json': JSON.stringify(FULL_REPORT) };

  it.each([
    ['terminal', /^\nLeaks: {7}1 in 1 place/],
    ['json', /^\{\n {2}"version": 2/],
    ['junit', /^<\?xml version="1\.0"/],
    ['sarif', /"version": "2\.1\.0"/],
    ['code-scanning', /"version": "2\.1\.0"/],
    ['github', /^::error file=src\/poll\.ts,line=3,col=9/m],
    ['markdown', /^## leakgate: leaks/],
  ])('renders %s to standard output, or to a file', async (format, start) => {
    await inProject(files, async ({ leakgate, read }) => {
      const shown = await leakgate(['report', 'render', 'report.json', '--as', format]);
      expect(shown).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(start) });
      await leakgate(['report', 'render', 'report.json', '--as', format, '--out', 'out']);
      expect(read('out')).toBe(shown.stdout);
    });
  });

  it('says where paths start in the repository', async () => {
    await inProject(
      { 'packages/shop/report.json': JSON.stringify(FULL_REPORT), '.git/HEAD': '' },
      async ({ leakgate }) => {
        const args = ['report', 'render', 'report.json', '--as', 'github'];
        const { stdout } = await leakgate(args, { cwd: 'packages/shop' });
        expect(stdout).toContain('file=packages/shop/src/poll.ts,');
        expect((await leakgate([...args, '--base', 'web'], { cwd: 'packages/shop' })).stdout).toContain(
          'file=web/src/poll.ts,',
        );
      },
    );
  });

  it.each<[string, string[], number, string]>([
    ['a format there is not', ['report.json', '--as', 'pdf'], 2, 'The option --as must be '],
    [
      'the report itself as its output',
      ['report.json', '--as', 'junit', '--out', 'report.json'],
      2,
      'The option --out names <dir>/report.json, the very report that is read; name another file.',
    ],
    [
      'a file outside of the project',
      ['report.json', '--as', 'junit', '--out', '../out.xml'],
      2,
      'which is outside of the project (<dir>); name a file inside, or say --allow-outside.',
    ],
    ['a report that is not there', ['none.json', '--as', 'junit'], 4, 'There is no report at none.json: '],
    [
      'JSON that is no report',
      ['package.json', '--as', 'junit'],
      4,
      "package.json is no report of leakgate's: it has no version.",
    ],
  ])('refuses %s', async (_what, args, code, sentence) => {
    await inProject(files, async ({ leakgate, dir }) => {
      const run = await leakgate(['report', 'render', ...args]);
      expect(run.stderr.replaceAll(dir, '<dir>')).toContain(sentence);
      expect(run.stderr.trim().split('\n')).toHaveLength(1);
      expect(run.code).toBe(code);
    });
  });
});

describe('a file that is written', () => {
  it('may be outside of the project if that is said, by way of no link if it is not', async () => {
    await inProject(
      { 'inner/report.json': JSON.stringify(FULL_REPORT), 'outer/x': '' },
      async ({ leakgate, dir, read }) => {
        spawnSync('ln', ['-s', join(dir, 'outer'), join(dir, 'inner/link')]);
        const args = ['report', 'render', 'report.json', '--as', 'junit', '--out'];
        const cwd = 'inner';
        expect((await leakgate([...args, 'link/out.xml'], { cwd })).code).toBe(2);
        expect((await leakgate([...args, '../outer/out.xml'], { cwd })).code).toBe(2);
        expect(readdirSync(join(dir, 'outer'))).toEqual(['x']);
        expect((await leakgate([...args, '../outer/out.xml', '--allow-outside'], { cwd })).code).toBe(0);
        expect(read('outer/out.xml')).toContain('<testsuites');
      },
    );
  });

  it('is as it was when the disk is full, with nothing left beside it, and the run is red', async () => {
    const files = { 'a.test.js': CLEAN, 'report.json': 'the old one\n' };
    await inProject(files, async ({ dir, read }) => {
      // A limit on the size of files is a disk that is full, to whoever writes: of one block, here.
      const command = `ulimit -f 1; exec "${process.execPath}" "${join(ROOT, 'dist/cli/main.js')}" report merge one.json --report report.json`;
      writeFileSync(join(dir, 'one.json'), JSON.stringify(aRun()));
      const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: dir, encoding: 'utf8' });
      expect(stderr).toMatch(
        /leakgate: \S+report\.json cannot be written: EFBIG: .*; what was there before is as it was\.\n$/,
      );
      expect(status).toBe(4);
      expect(read('report.json')).toBe('the old one\n');
      expect(readdirSync(dir).filter((name) => name.startsWith('report.json'))).toEqual(['report.json']);
    });
  });

  it('is left to the run that wrote it first when two write to it, and the later run is red', async () => {
    const other =
      "const fs = require('node:fs');\ntest('meanwhile', () => { fs.writeFileSync('aside', 'theirs'); fs.renameSync('aside', 'report.json'); });\n";
    await inProject({ 'a.test.js': other, 'report.json': '{}' }, async ({ leakgate, dir, read }) => {
      const run = await leakgate(['run', '--report', 'report.json', '--', 'jest']);
      expect(run.stderr).toMatch(
        `leakgate: Another run wrote ${dir}/report.json while this one was going on; it is left as it is. What this one found is in ${dir}/report-`,
      );
      expect(run.code).toBe(4);
      expect(read('report.json')).toBe('theirs');
    });
  });

  it('is refused before a test runs when two formats go to it', async () => {
    await inProject({ 'a.test.js': CLEAN }, async ({ leakgate, dir }) => {
      const run = await leakgate(['run', '--junit', 'out', '--sarif', './out', '--', 'jest']);
      expect(run.stderr).toBe(`leakgate: Two formats go to ${dir}/out; give --sarif a file of its own.\n`);
      expect(run.code).toBe(2);
    });
  });
});

describe('a run of tests with hostile names', () => {
  it('writes every format at once, and none is broken', async () => {
    const names = HOSTILE_NAMES.filter((name) => name !== '');
    const test = `for (const name of ${JSON.stringify(names)}) test(name, () => { setInterval(() => {}, 5000); });\n`;
    await inProject({ 'a.test.js': test }, async ({ leakgate, read }) => {
      const formats = [
        '--report',
        'r.json',
        '--junit',
        'r.xml',
        '--sarif',
        'r.sarif',
        '--code-scanning',
        'r.code.sarif',
        '--markdown',
        'r.md',
        '--github',
        '-',
      ];
      const run = await leakgate(['run', ...formats, '--', 'jest']);
      expect(run.code).toBe(3);
      expect(run.stdout.split('\n').filter((line) => line.startsWith('::'))).toHaveLength(1);
      expect(read('r.xml').match(/<testcase /g)).toHaveLength(names.length);
      expect(read('r.xml').match(/<failure /g)).toHaveLength(names.length);
      expect(JSON.parse(read('r.sarif'))).toMatchObject({ version: '2.1.0' });
      expect(JSON.parse(read('r.code.sarif'))).toMatchObject({ version: '2.1.0' });
      expect(read('r.md')).not.toContain('<script>');
      // Jest's own lines come first, and what it makes of names is its own.
      expect(run.summary.split('\n').filter((line) => /^\s*::/.test(line))).toEqual([]);
    });
  });
});

describe('a process that is lost between two tests', () => {
  it('is red, by its file', async () => {
    const files = {
      'environment.js': `
        const { withLeakgate } = require(${JSON.stringify(join(ROOT, 'dist/runners/jest.js'))});
        const { TestEnvironment } = require('jest-environment-node');
        module.exports = withLeakgate(class extends TestEnvironment {
          handleTestEvent({ name, test }) {
            if (name === 'test_start' && test.name === 'second') process.kill(process.pid, 'SIGKILL');
          }
        });`,
      'package.json': manifest({ testEnvironment: '<rootDir>/environment.js' }),
      'a.test.js': "test('first', () => {});\ntest('second', () => {});\n",
      'b.test.js': CLEAN,
    };
    await inProject(files, async ({ leakgate, read }) => {
      const run = await leakgate(['run', '--report', 'r.json', '--junit', 'r.xml', '--', 'jest', '--maxWorkers=2']);
      expect(problemsOf(run.stderr)).toEqual([
        'a.test.js was begun and never finished: its process was lost, ended by process.exit in a test, or had no room to write its report, or one of its `setupFiles` failed.',
      ]);
      expect(run.code).toBe(4);
      expect(read('r.xml')).toContain('errors="1"');
    });
  });
});
