import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { inProject } from './cli-project';
import { LEAKY } from './ratchet-project';

jest.setTimeout(120_000);

const CONFIG = `module.exports = {
  known: [
    { reason: 'the poller cannot be stopped', file: 'src/*.js' },
  ],
};
`;

describe('leakgate explain', () => {
  it('tells everything known of a leak, by report, baseline and configuration', async () => {
    await inProject({ ...LEAKY, 'leakgate.config.js': CONFIG }, async ({ leakgate, read }) => {
      await leakgate(['run', '--report', 'r.json', '--', 'jest']);
      await leakgate(['baseline', 'write', '--report', 'r.json']);
      const report = JSON.parse(read('r.json')) as {
        files: { findings: { fingerprint: string }[]; accepted: { finding: { fingerprint: string } }[] }[];
      };
      const failing = report.files.flatMap(({ findings }) => findings)[0]?.fingerprint ?? '';
      const known = report.files.flatMap(({ accepted }) => accepted)[0]?.finding.fingerprint ?? '';

      const one = await leakgate(['explain', failing, '--report', 'r.json']);
      expect(one.stdout).toBe(
        [
          failing,
          '',
          'A timeout of 60 s was armed in this test, but never cleared.',
          'Clear it with `clearTimeout(timer)` in the test or its `afterEach`.',
          '',
          'Opened:',
          '  at b.test.js:2:23',
          '',
          'Fails:',
          '  b.test.js › waits',
          '',
          'In the baseline:',
          '  b.test.js › waits: timeout, by b.test.js',
          '',
          'If it is not yours to mend, leakgate.config.ts can say so:',
          `  known: [{ fingerprint: '${failing}', reason: '…', owner: '…', issue: 'https://…', expires: '2027-06-30' }]`,
          '',
        ].join('\n'),
      );
      expect(one.code).toBe(0);

      const other = await leakgate(['explain', known.slice(0, 6), '--report', 'r.json']);
      expect(other.stdout).toContain('Let go:\n  a.test.js › polls\n  a.test.js › polls too\n');
      expect(other.stdout).toContain('Rules:\n  known, leakgate.config.js:3: "the poller cannot be stopped"\n');
      expect(other.stdout).not.toContain('If it is not yours to mend');
    });
  });

  it.each([
    [['explain', 'xyz'], '"xyz" is no fingerprint; the summary prints those, 12 hex digits of which 4 are enough.'],
    [
      ['explain', 'abcd'],
      'No leak has the fingerprint abcd, of the 0 in the configuration. There is no report of a run yet: `npx leakgate run -- jest` makes one.',
    ],
  ])('%j is wrong usage', async (args, sentence) => {
    await inProject(LEAKY, async ({ leakgate }) => {
      const run = await leakgate(args);
      expect(run.stderr).toBe(`leakgate: ${sentence}\n`);
      expect(run.code).toBe(2);
    });
  });

  it('goes by no report that is missing or cut short', async () => {
    await inProject({ ...LEAKY, 'cut.json': '{"version":2,' }, async ({ leakgate }) => {
      for (const [path, says] of [
        ['none.json', 'There is no report at none.json'],
        ['cut.json', 'The report cut.json is cut in the middle'],
      ] as const) {
        const run = await leakgate(['explain', 'abcd', '--report', path]);
        expect(run.stderr).toContain(says);
        expect(run.code).toBe(4);
      }
    });
  });

  it('goes by the last run, where a project has packages of its own', async () => {
    await inProject(
      {
        ...LEAKY,
        'packages/own/node_modules/.keep': '',
        'packages/own/c.test.js': 'test("c", () => void setTimeout(() => {}, 60_000));',
        'packages/own/package.json': '{}',
      },
      async ({ leakgate }) => {
        const run = await leakgate(['run', '--', 'jest'], { cwd: 'packages/own' });
        const [fingerprint = ''] = /[\da-f]{12}$/m.exec(run.summary) ?? [];
        const told = await leakgate(['explain', fingerprint], { cwd: 'packages/own' });
        expect(told.stdout).toContain('Fails:\n  c.test.js › c\n');
      },
    );
  });

  it('goes by the last run in a workspace, whose packages are at the top of the repository', async () => {
    const files = {
      'ws/.git/HEAD': '',
      'ws/node_modules/.keep': '',
      'ws/packages/a/package.json': LEAKY['package.json'] ?? '',
      'ws/packages/a/c.test.js': 'test("c", () => void setTimeout(() => {}, 60_000));',
      'ws/packages/b/package.json': '{}',
    };
    await inProject(files, async ({ leakgate, dir }) => {
      const cwd = 'ws/packages/a';
      const run = await leakgate(['run', '--', 'jest'], { cwd });
      const [fingerprint = ''] = /[\da-f]{12}$/m.exec(run.summary) ?? [];
      expect((await leakgate(['explain', fingerprint], { cwd })).stdout).toContain('Fails:\n  c.test.js › c\n');
      expect((await leakgate(['explain', fingerprint], { cwd: 'ws/packages/b' })).code).toBe(2);
      expect(readdirSync(join(dir, 'ws/node_modules/.cache/leakgate'))).toHaveLength(1);
    });
  });
});
