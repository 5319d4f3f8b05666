import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import type { RunReport } from '../../harness/model/report';
import { inProject, manifest, ROOT } from './cli-project';

jest.setTimeout(120_000);

const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');
const CLEAN = "test('clean', () => {});\n";
const LEAKY = "test('leaky', () => { setInterval(() => {}, 5000); });\n";
const MARKED = "test('marked', () => { expect(globalThis.mark).toBe('mine'); setInterval(() => {}, 5000); });\n";

describe('leakgate run gates', () => {
  it('every project in the environment of its own: jsdom, TypeScript, and one that is gated already', async () => {
    const files = {
      'package.json': manifest({ projects: ['<rootDir>/dom', '<rootDir>/own', '<rootDir>/done'] }),
      'dom/package.json': manifest({ displayName: 'dom', testEnvironment: 'jsdom' }),
      'dom/a.test.js':
        "test('dom', () => { expect(document.title).toBe(''); new (require('node:worker_threads').BroadcastChannel)('x'); });\n",
      'own/package.json': manifest({
        displayName: 'own',
        testEnvironment: './environment.ts',
        transform: { '\\.[jt]s$': [join(ROOT, 'node_modules/@swc/jest'), {}] },
      }),
      'own/environment.ts': `import { TestEnvironment } from 'jest-environment-node';
export default class Marked extends TestEnvironment {
  async setup(): Promise<void> {
    await super.setup();
    (this.global as { mark?: string }).mark = 'mine';
  }
}
`,
      'own/a.test.js': MARKED,
      'done/package.json': manifest({
        displayName: 'done',
        testEnvironment: join(ROOT, 'dist/runners/jest-node.js'),
      }),
      'done/a.test.js': LEAKY,
    };
    await inProject(files, async ({ leakgate }) => {
      const run = await leakgate(['run', '--report', 'report.json', '--', 'jest']);
      expect(run.stderr).toContain('Tests:       3 failed, 3 total');
      expect(run.summary).toMatch(/^Leaks: {7}3 in 3 places/);
      expect(run.code).toBe(3);
    });
  });

  (process.platform === 'linux' ? it : it.skip)('projects whose environments fill no variable', async () => {
    // As many letters as a thousand projects have together.
    const folder = Array.from({ length: 18 }, () => 'x'.repeat(200)).join('/');
    const projects = Array.from({ length: 40 }, (_, index) => ({
      displayName: `p${index}`,
      testEnvironment: './environment.js',
      testMatch: index === 39 ? ['**/a.test.js'] : ['**/nothing.js'],
      transform: {},
    }));
    const files = {
      [`${folder}/package.json`]: manifest({ projects }),
      [`${folder}/environment.js`]: "module.exports = require('jest-environment-node');\n",
      [`${folder}/a.test.js`]: LEAKY,
    };
    await inProject(files, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', 'jest', '--watchman=false'], { cwd: folder });
      expect(run.summary).toMatch(/^Leaks: {7}1 in 1 place\n/);
      expect(run.code).toBe(3);
    });
  });

  it('an environment that is an ES module, with the flags of Node that go with it', async () => {
    const files = {
      'package.json': manifest({ testEnvironment: './environment.mjs' }, { type: 'module' }),
      'environment.mjs': `import { TestEnvironment } from 'jest-environment-node';
export default class Marked extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.mark = 'mine';
  }
}
`,
      'a.test.js': MARKED,
    };
    await inProject(files, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', 'node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js']);
      expect(run.summary).toMatch(/^Leaks: {7}1 in 1 place\n/);
      expect(run.code).toBe(3);
    });
  });

  it("what the command line says of environment and processor, and hands Jest's results on", async () => {
    const files = {
      'processor.js':
        "module.exports = (results) => { console.error('processor saw ' + results.numTotalTests); return results; };\n",
      'a.test.js': "test('dom', () => { document.title = 'x'; });\n",
    };
    await inProject(files, async ({ leakgate, dir }) => {
      const processor = `--testResultsProcessor=${dir}/processor.js`;
      const run = await leakgate(['run', '--', 'jest', '--env', 'jsdom', processor, '--json']);
      expect(run.stderr).toContain('processor saw 1');
      expect((JSON.parse(run.stdout) as { numPassedTests: number }).numPassedTests).toBe(1);
      expect(run.code).toBe(0);
    });
  });

  it.each([
    ['npx jest', ['npx', '--no-install', 'jest']],
    ['yarn run jest', ['yarn', 'run', 'jest']],
    ['a path to Jest', [JEST]],
    ['what is in .bin', ['../node_modules/.bin/jest']],
  ])('%s, from any folder of the project', async (_name, words) => {
    await inProject({ 'a.test.js': CLEAN, 'deep/b.test.js': CLEAN }, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', ...words, '--rootDir=..', 'b.test'], { cwd: 'deep' });
      expect(run.summary).toMatch(/^Leaks: {7}none\nChecked: {5}1 test in 1 file/);
      expect(run.code).toBe(0);
    });
  });

  it('nothing where Jest runs nothing', async () => {
    await inProject({ 'a.test.js': CLEAN }, async ({ leakgate, dir }) => {
      for (const flag of ['--listTests', '--list-tests']) {
        const run = await leakgate(['run', '--', 'jest', flag]);
        expect(run).toMatchObject({ code: 0, stdout: `${dir}/a.test.js\n`, summary: '' });
      }
    });
  });
});

describe('leakgate run --report', () => {
  it('writes the findings of the run, whole', async () => {
    await inProject({ 'a.test.js': LEAKY, 'b.test.js': CLEAN }, async ({ leakgate, read }) => {
      await leakgate(['run', '--report', 'leaks.json', '--', 'jest']);
      const report = JSON.parse(read('leaks.json')) as RunReport;
      expect(report).toMatchObject({ version: 2, outcome: 'leaks', problems: [], misuses: [] });
      expect(report.files.map(({ file, tests, findings }) => [file, tests, findings.length])).toEqual([
        ['a.test.js', 1, 1],
        ['b.test.js', 1, 0],
      ]);
    });
  });
});

describe('a Jest that is killed', () => {
  it('breaks the run, and the report of an earlier one is replaced', async () => {
    const files = { 'a.test.js': "test('x', () => { process.kill(process.pid, 'SIGKILL'); });\n", 'leaks.json': '{}' };
    await inProject(files, async ({ leakgate, read }) => {
      const run = await leakgate(['run', '--report', 'leaks.json', '--', 'jest', '--runInBand']);
      expect(run.code).toBe(4);
      expect(JSON.parse(read('leaks.json'))).toMatchObject({
        outcome: 'broken',
        problems: [
          expect.stringMatching(/a\.test\.js was begun and never finished/),
          'Jest ended without saying what it ran: was process.exit called, its process killed, or its disk full?',
        ],
      });
    });
  });
});

describe('a signal', () => {
  it('reaches Jest, and makes the exit code 128 and its number', async () => {
    const files = {
      'a.test.js':
        "test('waits', () => { require('node:fs').writeSync(2, 'up ' + process.pid + '\\n'); return new Promise((done) => setTimeout(done, 30000)); }, 40000);\n",
    };
    await inProject(files, async ({ leakgate }) => {
      let sent = false;
      const run = await leakgate(['run', '--', 'jest', '--runInBand'], {
        onOutput: (all, child) => {
          if (!sent && all.includes('up ')) sent = child.kill('SIGINT');
        },
      });
      expect(run.code).toBe(130);
      const jestPid = Number(/up (\d+)/.exec(run.stderr)?.[1]);
      expect(() => process.kill(jestPid, 0)).toThrow('ESRCH');
      expect(run.summary).toBe('');
    });
  });
});
