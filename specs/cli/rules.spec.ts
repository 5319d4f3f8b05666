import { describe, expect, it, jest } from '@jest/globals';
import type { RunReport } from '../../harness/model/report';
import { inProject, manifest } from './cli-project';
import { LEAKY } from './ratchet-project';

jest.setTimeout(180_000);

/** A configuration in TypeScript, over several lines, as people write it. */
const config = (rules: string): string => `import { defineConfig } from 'leakgate';

export default defineConfig({
  known: [
    {
      reason: 'the poller cannot be stopped',
      file: 'src/*.js',
      owner: 'the platform team',
      issue: 'https://example.com/issues/7',
    },
${rules}  ],
});
`;

const WAITS = `    { reason: 'waits on purpose', kind: 'timeout', file: 'b.test.js' },\n`;
const STALE = `    { reason: 'an SDK we had once', package: 'sdk' },\n`;
const PAST = `    {\n      reason: 'until spring',\n      kind: 'timeout',\n      file: 'b.test.js',\n      expires: '2020-03-20',\n    },\n`;

describe('rules of the configuration', () => {
  it('let go what they cover, and the report says by which and why', async () => {
    await inProject({ ...LEAKY, 'leakgate.config.ts': config(WAITS) }, async ({ leakgate, read }) => {
      const run = await leakgate(['run', '--report', 'r.json', '--', 'jest']);
      expect(run.summary).toContain('Known:       3 leaks that fail no test');
      expect(run.summary).toContain('  "the poller cannot be stopped"');
      expect(run.code).toBe(0);
      const { rules } = JSON.parse(read('r.json'));
      expect(rules).toEqual([
        {
          verdict: 'known',
          reason: 'the poller cannot be stopped',
          owner: 'the platform team',
          issue: 'https://example.com/issues/7',
          place: 'leakgate.config.ts:5',
          matched: true,
        },
        { verdict: 'known', reason: 'waits on purpose', place: 'leakgate.config.ts:11', matched: true },
      ]);
    });
  });

  it.each([
    ['leakgate.config.js', `module.exports = { known: [${WAITS}], allow: [{ reason: 'it is', file: 'src/**' }] };`],
    ['leakgate.config.cjs', `module.exports = { known: [${WAITS}], allow: [{ reason: 'it is', file: 'src/**' }] };`],
    ['leakgate.config.mjs', `export default { known: [${WAITS}], allow: [{ reason: 'it is', file: 'src/**' }] };`],
    [
      'leakgate.config.json',
      JSON.stringify({
        allow: [
          { reason: 'poll', file: 'poll.js' },
          { reason: 'b', file: 'b.test.js' },
        ],
      }),
    ],
  ])('are read from %s, by the preset alone, too', async (name, text) => {
    const gated = manifest({ testEnvironment: '<rootDir>/gate.js' });
    const gate = `module.exports = require(${JSON.stringify(require.resolve('../../dist/runners/jest-node'))});`;
    await inProject({ ...LEAKY, 'package.json': gated, 'gate.js': gate, [name]: text }, async ({ jest: run }) => {
      const { code, stderr } = await run([]);
      expect(stderr).toContain('Tests:       4 passed, 4 total');
      expect(code).toBe(0);
    });
  });

  it('are read once a run, whatever number of workers there is', async () => {
    const counted = `require('node:fs').appendFileSync(require('node:path').join(__dirname, 'loads'), 'x');
module.exports = { known: [${WAITS}], allow: [{ reason: 'it is', file: 'src/**' }] };`;
    const preset = jest.requireActual<object>('../../dist/runners/jest-preset');
    const files = {
      ...LEAKY,
      'package.json': manifest(preset),
      'c.test.js': 'test("c", () => {});',
      'leakgate.config.js': counted,
    };
    await inProject(files, async ({ leakgate, jest: run, read }) => {
      expect(await run(['--maxWorkers=2'])).toMatchObject({ code: 0, stderr: expect.stringContaining('Known:') });
      expect(read('loads')).toBe('x');
      expect((await leakgate(['run', '--', 'jest', '--maxWorkers=2'])).code).toBe(0);
      expect(read('loads')).toBe('xx');
    });
  });

  it('cost nobody the grace, nor does a baseline, unless something may yet close what they cover', async () => {
    const files = {
      'package.json': manifest(),
      'rule.test.js': "test('polls', () => { setInterval(() => {}, 5_000); });\n",
      'baseline.test.js':
        "test('listens', (done) => { require('node:net').createServer().listen(0, '127.0.0.1', done); });\n",
      'closing.test.js': `
        const net = require('node:net');
        test('does not wait for its server', (done) => {
          setInterval(() => {}, 5_000);
          const server = net.createServer().listen(0, '127.0.0.1', () => {
            const client = net.connect(server.address().port, '127.0.0.1', () => {
              server.close();
              setTimeout(() => client.destroy(), 200);
              done();
            });
          });
        });\n`,
      'leakgate.config.json': JSON.stringify({
        known: [{ reason: 'they are old', file: '{rule,closing}.test.js' }],
      }),
    };
    await inProject(files, async ({ leakgate, read }) => {
      expect((await leakgate(['baseline', 'write'])).code).toBe(0);
      // Who waits for all of that ends long after this spec.
      const env = { LEAKGATE_GRACE_MS: '60000' };
      const run = await leakgate(['run', '--report', 'r.json', '--', 'jest', '--maxWorkers=1'], { env });
      expect(run.summary).toMatch(/^Leaks: {7}none\nKnown: {7}3 leaks that fail no test\n/);
      const { files: reports } = JSON.parse(read('r.json')) as RunReport;
      const accepted = reports.flatMap((report) => report.accepted.map(({ finding }) => finding.root.kind));
      expect(accepted.sort()).toEqual(['interval', 'interval', 'tcp-server']);
    });
  }, 45_000);

  it('are out of date when they match nothing: with the line to delete', async () => {
    await inProject({ ...LEAKY, 'leakgate.config.ts': config(WAITS + STALE) }, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', 'jest']);
      expect(run.summary).toContain(
        'Rule:        leakgate.config.ts:12  "an SDK we had once" matched nothing in the whole run. Delete it, or correct what it names.',
      );
      expect(run.code).toBe(3);
      const some = await leakgate(['run', '--', 'jest', 'b.test']);
      expect(some.summary).not.toContain('Rule:');
      expect(some.code).toBe(0);
    });
  });

  it('cover nothing any more after their last day, and say so with their line', async () => {
    await inProject({ ...LEAKY, 'leakgate.config.ts': config(PAST) }, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', 'jest']);
      expect(run.stderr).toContain(
        'The rule at leakgate.config.ts:11 that covered it ("until spring") expired after 2020-03-20.',
      );
      expect(run.summary).toContain('Rule:        leakgate.config.ts:11  "until spring" expired after 2020-03-20');
      expect(run.code).toBe(3);
    });
  });

  it('of a folder above hold, and the nearest configuration alone', async () => {
    const files = {
      ...Object.fromEntries(Object.entries(LEAKY).map(([path, text]) => [`packages/a/${path}`, text])),
      'package.json': '{}',
      'leakgate.config.json': JSON.stringify({ allow: [{ reason: 'all of it', file: 'packages/a/**' }] }),
    };
    await inProject(files, async ({ leakgate }) => {
      expect((await leakgate(['run', '--', 'jest'], { cwd: 'packages/a' })).code).toBe(0);
    });
    const nearer = { ...files, 'packages/a/leakgate.config.json': '{}' };
    await inProject(nearer, async ({ leakgate }) => {
      expect((await leakgate(['run', '--', 'jest'], { cwd: 'packages/a' })).code).toBe(3);
    });
  });
});

describe('a configuration that is malformed', () => {
  const rule = (text: string): Record<string, string> => ({
    'leakgate.config.js': `module.exports = { known: [${text}] };`,
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'a rule with a type alone',
      rule("{ reason: 'x', kind: 'timeout' }"),
      'leakgate.config.js: known.0 must name more than a type: it would let go of every leak of it, anywhere. Name a fingerprint, a package, a file or a path, too.',
    ],
    [
      'a path of one step',
      rule("{ reason: 'x', path: '**/timeout' }"),
      'leakgate.config.js: known.0 must name more than a type: it would let go of every leak of it, anywhere. Name a fingerprint, a package, a file or a path, too.',
    ],
    [
      'a rule without a reason',
      rule("{ package: 'sdk' }"),
      'leakgate.config.js: known.0.reason is missing; a rule without a reason cannot be reviewed.',
    ],
    [
      'a day that is none',
      rule("{ reason: 'x', package: 'sdk', expires: '2026-02-30' }"),
      'leakgate.config.js: known.0.expires must be a day as 2026-12-31; found "2026-02-30".',
    ],
    [
      'an issue that is no address',
      rule("{ reason: 'x', package: 'sdk', issue: '#7' }"),
      'leakgate.config.js: known.0.issue must be the address of an issue; found "#7".',
    ],
    [
      'an unknown word',
      rule("{ reason: 'x', packages: [] }"),
      'leakgate.config.js: known.0.packages is unknown; a rule has reason, owner, expires, issue, kind, fingerprint, package, file, path.',
    ],
    [
      'code that throws',
      { 'leakgate.config.js': "throw new Error('no such team\\nat all');" },
      'leakgate.config.js cannot be read: no such team',
    ],
    [
      'code that ends the process, which would be green',
      { 'leakgate.config.js': 'process.exit(0);' },
      'leakgate.config.js cannot be read: it calls process.exit',
    ],
    ['a folder', { 'leakgate.config.json/x': '' }, 'leakgate.config.json cannot be read: EISDIR: '],
    ['code that is none', { 'leakgate.config.ts': 'export default {' }, 'leakgate.config.ts cannot be read: '],
    ['JSON that is none', { 'leakgate.config.json': '{' }, 'leakgate.config.json cannot be read: '],
    [
      'a function',
      { 'leakgate.config.js': 'module.exports = () => ({});' },
      'leakgate.config.js must export an object, as defineConfig({ … }) returns it.',
    ],
    [
      'two of them',
      { ...rule(''), 'leakgate.config.json': '{}' },
      'leakgate.config.js and leakgate.config.json both configure leakgate; keep one of the two.',
    ],
  ])('%s is wrong usage, in one sentence, before a test runs', async (_what, files, sentence) => {
    await inProject({ ...LEAKY, ...files }, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', 'jest']);
      expect(run.stderr).toMatch(/^leakgate: [^\n]+\n$/);
      expect(run.stderr).toContain(`leakgate: ${sentence}`);
      expect(run.code).toBe(2);
    });
  });
});
