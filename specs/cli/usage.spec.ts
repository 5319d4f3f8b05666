import { describe, expect, it, jest } from '@jest/globals';
import { inProject } from './cli-project';

jest.setTimeout(60_000);

/** A project whose tests would leave a trace if they were run. */
const TRAP = { 'a.test.js': "require('node:fs').writeFileSync(__dirname + '/ran', '');\ntest('x', () => {});\n" };

describe('leakgate refuses, with exit code 2, one sentence, and no test run,', () => {
  it.each<[string, string[], Record<string, string>, string]>([
    [
      'an unknown level',
      ['run', '--level', 'loud', '--', 'jest'],
      {},
      'The option --level must be off, gate, trace or paranoid; found "loud".',
    ],
    [
      'a grace that is no number',
      ['run', '--grace-ms', 'soon', '--', 'jest'],
      {},
      'The option --grace-ms must be a whole number of milliseconds from 0 to 60,000; found "soon".',
    ],
    [
      'unknown leftovers',
      ['run', '--leftovers', 'eat', '--', 'jest'],
      {},
      'The option --leftovers must be release or keep; found "eat".',
    ],
    [
      'a report in no folder',
      ['run', '--report', '/nowhere/at/all.json', '--', 'jest'],
      {},
      'The option --report names /nowhere/at/all.json, but there is no folder /nowhere/at.',
    ],
    [
      'a report in the place of a device',
      ['run', '--report', '/dev/null', '--allow-outside', '--', 'jest'],
      {},
      'The option --report names /dev/null, which is no file, but a device, a pipe or a socket; it must name a file.',
    ],
    ['no command', ['run'], {}, 'leakgate run needs a command after `--`; for example: leakgate run -- jest --ci'],
    [
      'another runner',
      ['run', '--', 'mocha', 'a'],
      {},
      'leakgate run starts Jest, and cannot tell where it is in `mocha a`; it understands jest, npx jest, yarn jest, pnpm exec jest, a path to jest.js, and node [flags] path/to/jest.js.',
    ],
    [
      'a path to nothing',
      ['run', '--', '/nowhere/jest.js'],
      {},
      'There is no Jest at /nowhere/jest.js, which `/nowhere/jest.js` names.',
    ],
    [
      'an unknown variable',
      ['run', '--', 'jest'],
      { LEAKGATE_LEVELS: 'trace' },
      "The environment variable LEAKGATE_LEVELS is none of leakgate's; it knows LEAKGATE_LEVEL, LEAKGATE_GRACE_MS, LEAKGATE_LEFTOVERS, LEAKGATE_MOST_HEAP_BYTES, LEAKGATE_RETENTION.",
    ],
  ])('%s', async (_what, args, env, sentence) => {
    await inProject(TRAP, async ({ leakgate, read }) => {
      expect(await leakgate(args, { env })).toMatchObject({ code: 2, stdout: '', stderr: `leakgate: ${sentence}\n` });
      expect(() => read('ran')).toThrow('ENOENT');
    });
  });

  it.each([
    [
      'the Jest configuration',
      { jest: { watchman: false, testEnvironmentOptions: { leakgate: { level: 1 } } } },
      'testEnvironmentOptions.leakgate in the Jest configuration: level must be off, gate, trace or paranoid; found 1.',
    ],
    [
      'the package.json key',
      { jest: { watchman: false }, leakgate: { grace: 1 } },
      'The "leakgate" key of <dir>/package.json: grace is unknown; the options are level, graceMs, leftovers, allow, known, mostHeapBytes, retention.',
    ],
  ])('what is malformed in %s', async (_what, manifest, sentence) => {
    await inProject({ ...TRAP, 'package.json': JSON.stringify(manifest) }, async ({ leakgate, dir, read }) => {
      const run = await leakgate(['run', '--', 'jest']);
      expect(run.stderr.replace(dir, '<dir>')).toBe(`leakgate: ${sentence}\n`);
      expect(run.code).toBe(2);
      expect(() => read('ran')).toThrow('ENOENT');
    });
  });

  it("flags that Jest does not know, in Jest's own words", async () => {
    await inProject(TRAP, async ({ leakgate, read }) => {
      const run = await leakgate(['run', '--', 'jest', '--bogus']);
      expect(run.stderr).toMatch(
        /^leakgate: Jest does not accept its configuration or flags:\n[\s\S]*Unrecognized option "bogus"/,
      );
      expect(run.code).toBe(2);
      expect(() => read('ran')).toThrow('ENOENT');
    });
  });

  it.each([
    ['an unknown flag', ['run', '--bogus', '--', 'jest'], "error: unknown option '--bogus'\n"],
    ['a misspelt command', ['rum'], "error: unknown command 'rum'\n(Did you mean run?)\n"],
  ])('%s', async (_what, args, stderr) => {
    await inProject({}, async ({ leakgate }) => {
      expect(await leakgate(args)).toMatchObject({ code: 2, stderr });
    });
  });
});

describe('help', () => {
  it('teaches by example, and names the exit codes', async () => {
    await inProject({}, async ({ leakgate }) => {
      const run = await leakgate(['run', '--help']);
      expect(run.stdout).toMatchSnapshot();
      expect(run.code).toBe(0);
    });
  });

  it('of the program leads to the command', async () => {
    await inProject({}, async ({ leakgate }) => {
      const run = await leakgate(['--help']);
      expect(run.stdout).toMatchSnapshot();
      expect(run.code).toBe(0);
      expect((await leakgate([])).code).toBe(2);
    });
  });

  it.each(['run', 'init', 'baseline', 'baseline prune', 'explain', 'report', 'report render', 'report merge'])(
    'of %s fits a terminal of 80 columns, and has examples',
    async (command) => {
      await inProject({}, async ({ leakgate }) => {
        const { stdout, code } = await leakgate([...command.split(' '), '--help']);
        expect(stdout.split('\n').filter(({ length }) => length > 80)).toEqual([]);
        expect(stdout).toMatch(/^ {2}\$ leakgate /m);
        expect(code).toBe(0);
      });
    },
  );
});
