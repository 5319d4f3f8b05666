import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { inProject, manifest, type Project, ROOT } from './cli-project';
import { GROWN, LEAKY, MENDED, RENAMED } from './ratchet-project';

jest.setTimeout(180_000);

const FILE = 'leakgate-baseline.jsonl';
const CLEAN = "test('clean', () => {});\n";

const write = ({ dir }: Project, path: string, text: string): void => writeFileSync(join(dir, path), text);
const linesOf = (project: Project): string[] => project.read(FILE).trim().split('\n');
const titlesIn = (project: Project): string[] =>
  linesOf(project)
    .slice(1)
    .map((line) => (JSON.parse(line) as { test: string }).test);

/** Reports of a project as it stands, without a second run of Jest for each command. */
async function reported(project: Project): Promise<string> {
  await project.leakgate(['run', '--report', 'r.json', '--', 'jest']);
  return 'r.json';
}

describe('leakgate baseline', () => {
  it('records what leaks; from then on it fails nothing, and is counted and listed', async () => {
    await inProject(LEAKY, async (project) => {
      const written = await project.leakgate(['baseline', 'write']);
      expect(written.stdout).toBe(
        `${FILE} holds 3 leaks. Commit it: these fail no test from now on, and new ones do.\n`,
      );
      expect(written.code).toBe(0);
      expect(titlesIn(project)).toEqual(['polls', 'polls too', 'waits']);
      const gated = await project.leakgate(['run', '--report', 'r.json', '--', 'jest', '--ci']);
      expect(gated.stderr).toContain('Tests:       4 passed, 4 total');
      expect(
        gated.summary
          .replaceAll(/[\da-f]{12}/g, '<fingerprint>')
          .split('\n')
          .slice(0, -2),
      ).toEqual(
        [
          'Leaks:       none',
          'Known:       3 leaks that fail no test',
          '  2 × interval  src/poll.js:2:10  <fingerprint>  in the baseline',
          '  1 × timeout of 60 s  b.test.js:2:23  <fingerprint>  in the baseline',
          'Checked:     4 tests in 2 files',
        ].slice(0, gated.summary.split('\n').length - 2),
      );
      expect(gated.code).toBe(0);
      const report = JSON.parse(project.read('r.json'));
      expect(report.baselines).toEqual([
        {
          file: FILE,
          entries: expect.arrayContaining([expect.objectContaining({ test: 'waits' })]),
          present: ['a.test.js', 'b.test.js'],
        },
      ]);
      expect(report.files.flatMap((file: { findings: unknown[] }) => file.findings)).toEqual([]);
      expect(report.files.flatMap((file: { accepted: { by: string }[] }) => file.accepted.map(({ by }) => by))).toEqual(
        ['baseline', 'baseline', 'baseline'],
      );
    });
  });

  it('spares the heap the question whose a leak is that fails nobody', async () => {
    const gated = `require(${JSON.stringify(join(ROOT, 'dist/runners/jest-node.js'))})`;
    const environment = `
const Gated = ${gated};
module.exports = class extends Gated {
  async handleTestEvent(event, state) {
    // A snapshot of the heap finds no place to be written to.
    if (event.name === 'run_start') process.env.TMPDIR = '/dev/null/nowhere';
    await super.handleTestEvent(event, state);
  }
};
`;
    const files = {
      'package.json': manifest({ testEnvironment: './environment.js' }),
      'environment.js': environment,
      'src/echo.js': "exports.echo = () => { require('node:net').createServer().listen(0); };\n",
      'a.test.js': "test('echoes', () => { require('./src/echo').echo(); });\n",
    };
    await inProject(files, async (project) => {
      const asked = await project.jest([]);
      expect(asked.stderr).toContain('/dev/null/nowhere');
      write(project, 'environment.js', `module.exports = ${gated};`);
      await project.leakgate(['baseline', 'write']);
      expect(titlesIn(project)).toEqual(['echoes']);
      write(project, 'environment.js', environment);
      const run = await project.leakgate(['run', '--', 'jest']);
      expect(run.summary).toContain('Known:       1 leak that fails no test');
      expect(run.code).toBe(0);
    });
  });

  it('lets no other test leak by a line that is in it', async () => {
    await inProject(LEAKY, async (project) => {
      await project.leakgate(['baseline', 'write']);
      const before = project.read(FILE);
      write(project, 'a.test.js', GROWN);
      const gated = await project.leakgate(['run', '--report', 'r.json', '--', 'jest']);
      expect(gated.stderr).toContain('● polls anew');
      expect(gated.stderr).not.toMatch(/● polls(?: too)?$/m);
      expect(gated.code).toBe(3);
      const again = await project.leakgate(['baseline', 'write', '--report', 'r.json']);
      expect(again.stdout).toContain(
        `${FILE} stays as it was: 1 leak would be new in it, and its number only ever goes down.`,
      );
      expect(again.stdout).toMatch(/^ {2}[\da-f]{12} {2}interval {2}a\.test\.js {2}polls anew$/m);
      expect(again.code).toBe(3);
      expect(project.read(FILE)).toBe(before);
    });
  });

  it('knows the leak of a test that was renamed, and of lines that moved', async () => {
    await inProject(LEAKY, async (project) => {
      await project.leakgate(['baseline', 'write']);
      const before = linesOf(project);
      write(project, 'a.test.js', RENAMED);
      const gated = await project.leakgate(['run', '--report', 'r.json', '--', 'jest', '--ci']);
      expect(gated.code).toBe(0);
      expect((await project.leakgate(['baseline', 'prune', '--report', 'r.json'])).stdout).toBe(
        `${FILE} holds 3 leaks, as before.\n`,
      );
      expect(linesOf(project).filter((line) => !before.includes(line))).toEqual([
        before.find((line) => line.includes('polls too'))?.replace('polls too', 'polls again'),
      ]);
    });
  });

  it('must lose what is mended: a note by hand, and in CI red with the command to run', async () => {
    await inProject(LEAKY, async (project) => {
      await project.leakgate(['baseline', 'write']);
      const before = linesOf(project);
      write(project, 'a.test.js', MENDED);
      const note = `Baseline:    1 leak of ${FILE} is mended. Run \`npx leakgate baseline prune\`, and commit the file.`;
      const byHand = await project.leakgate(['run', '--', 'jest', '--ci=false']);
      expect(byHand.summary).toContain(note);
      expect(byHand.code).toBe(0);
      const inCi = await project.leakgate(['run', '--ci', '--report', 'r.json', '--', 'jest', '--ci=false']);
      expect(inCi.summary).toContain(note);
      expect(inCi.code).toBe(3);
      const some = await project.leakgate(['run', '--ci', '--', 'jest', 'b.test']);
      expect(some.summary).not.toContain('Baseline:');
      expect(some.code).toBe(0);
      const pruned = await project.leakgate(['baseline', 'prune', '--report', 'r.json']);
      expect(pruned.stdout).toBe(`1 leak less: ${FILE} holds 2 leaks. Commit that.\n`);
      expect(linesOf(project)).toEqual(before.filter((line) => !line.includes('polls too')));
      expect((await project.leakgate(['run', '--ci', '--', 'jest'])).code).toBe(0);
    });
  });

  it('tells one leak more from those of the same line and test, and one less', async () => {
    const calls = (...bodies: string[]): string =>
      `const poll = require('./src/poll');\n${bodies.map((body, at) => `test('case ${at}', () => { ${body} });\n`).join('')}`;
    const loop = 'for (let at = 0; at < ROWS; at++) poll();';
    const two = (rows: number): string[] => ['poll(); poll();', loop.replace('ROWS', String(rows)), 'poll();'];
    await inProject({ ...LEAKY, 'a.test.js': calls(...two(3)), 'b.test.js': CLEAN }, async (project) => {
      await project.leakgate(['baseline', 'write']);
      const placesIn = (): unknown[] =>
        linesOf(project)
          .slice(1)
          .map((line) => (JSON.parse(line) as { places: number }).places);
      // Two calls are two; a loop is one, however often it goes round.
      expect(placesIn()).toEqual([2, 1, 1]);
      const before = linesOf(project);

      write(project, 'a.test.js', calls('poll(); poll(); poll();', loop.replace('ROWS', '5'), 'poll();'));
      const grown = await project.leakgate(['run', '--report', 'r.json', '--', 'jest', '--ci']);
      expect(grown.stderr).toMatch(/^ {2}● case 0$/m);
      expect(grown.stderr).not.toMatch(/^ {2}● case [12]$/m);
      expect(grown.stderr).toContain('The baseline has 2 leaks like it in this place; now there are more.');
      expect(grown.summary).not.toContain('Baseline:');
      expect(grown.code).toBe(3);
      const refused = await project.leakgate(['baseline', 'write', '--report', 'r.json']);
      expect(refused.stdout).toContain(`${FILE} stays as it was: 1 leak would be new in it`);
      expect(refused.code).toBe(3);
      expect(linesOf(project)).toEqual(before);

      write(project, 'a.test.js', calls('poll();', loop.replace('ROWS', '2'), 'poll();'));
      const mended = await project.leakgate(['run', '--report', 'r.json', '--', 'jest', '--ci']);
      expect(mended.summary).toContain(`Baseline:    1 leak of ${FILE} is mended.`);
      expect(mended.code).toBe(3);
      await project.leakgate(['baseline', 'prune', '--report', 'r.json']);
      expect(placesIn()).toEqual([1, 1, 1]);
    });
  });

  it('holds what leaks after the first failure, too, and must lose what is mended, where Jest is configured to bail', async () => {
    await inProject({ ...LEAKY, 'package.json': manifest({ bail: 1 }) }, async (project) => {
      await project.leakgate(['baseline', 'write']);
      expect(titlesIn(project)).toEqual(['polls', 'polls too', 'waits']);
      write(project, 'a.test.js', MENDED);
      const inCi = await project.leakgate(['run', '--', 'jest', '--ci']);
      expect(inCi.summary).toContain(`Baseline:    1 leak of ${FILE} is mended.`);
      expect(inCi.code).toBe(3);
    });
  });

  it('is deleted with its last leak', async () => {
    await inProject(LEAKY, async (project) => {
      await project.leakgate(['baseline', 'write', '--report', await reported(project)]);
      rmSync(join(project.dir, 'b.test.js'));
      write(project, 'a.test.js', 'test("is careful", () => {});');
      const pruned = await project.leakgate(['baseline', 'prune']);
      expect(pruned.stdout).toContain(`3 leaks less: ${FILE} is empty, and deleted. Commit that.\n`);
      expect(() => project.read(FILE)).toThrow('ENOENT');
    });
  });

  it.each<[string, Record<string, string>, string[], string, number]>([
    [
      'a test fails by itself',
      { 'c.test.js': 'test("fails", () => { throw new Error(); });' },
      ['jest'],
      'tests failed for reasons of their own',
      1,
    ],
    ['a filter is given', {}, ['jest', 'b.test'], 'not every test ran', 2],
    [
      'a file is not checked',
      { 'c.test.js': '/** @jest-environment node */ test("x", () => {});' },
      ['jest'],
      'the run did not check everything',
      4,
    ],
  ])('is not written when %s', async (_what, files, words, why, code) => {
    await inProject({ ...LEAKY, ...files }, async (project) => {
      const run = await project.leakgate(['baseline', 'write', '--', ...words]);
      expect(run.stderr).toContain(`leakgate: ${FILE} was not written, for ${why}`);
      expect(run.code).toBe(code);
      expect(() => project.read(FILE)).toThrow('ENOENT');
    });
  });

  it.each([
    ['empty', ''],
    ['cut short', '{"leakgate":"baseline","version":1}\n{"finger'],
    ['in a merge', '{"leakgate":"baseline","version":1}\n<<<<<<< HEAD\n=======\n>>>>>>> b\n'],
  ])('that is %s makes every command wrong usage, and stays as it is', async (_what, text) => {
    await inProject({ ...LEAKY, [FILE]: text }, async (project) => {
      for (const args of [
        ['run', '--', 'jest'],
        ['baseline', 'write'],
        ['baseline', 'prune'],
        ['explain', 'aaaa'],
      ]) {
        const run = await project.leakgate(args);
        expect(run.stderr).toMatch(/^leakgate: leakgate-baseline\.jsonl[^\n]+\n$/);
        expect(run.code).toBe(2);
      }
      expect(project.read(FILE)).toBe(text);
      const byPreset = await project.jest(['--preset', join(__dirname, '../..')]).catch(() => undefined);
      expect(byPreset?.code).not.toBe(0);
    });
  });

  it('that is a folder cannot be read, and that is one sentence', async () => {
    await inProject({ ...LEAKY, [`${FILE}/x`]: '' }, async ({ leakgate }) => {
      for (const args of [
        ['run', '--', 'jest'],
        ['baseline', 'write'],
      ]) {
        const run = await leakgate(args);
        expect(run.stderr).toMatch(/^leakgate: leakgate-baseline\.jsonl cannot be read: EISDIR: [^\n]+\.\n$/);
        expect(run.code).toBe(2);
      }
    });
  });

  it('cannot be pruned where there is none, or told of twice', async () => {
    await inProject(LEAKY, async ({ leakgate }) => {
      expect((await leakgate(['baseline', 'prune'])).stderr).toBe(
        `leakgate: There is no ${FILE}; \`npx leakgate baseline write\` makes one.\n`,
      );
      const both = await leakgate(['baseline', 'write', '--report', 'r.json', '--', 'jest']);
      expect(both.stderr).toBe(
        'leakgate: Either a command after `--` or --report says what leaks; leave one of the two out.\n',
      );
      expect(both.code).toBe(2);
    });
  });
});
