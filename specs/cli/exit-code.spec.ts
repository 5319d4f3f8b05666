import { describe, expect, it, jest } from '@jest/globals';
import { inProject, manifest, type Run } from './cli-project';

jest.setTimeout(120_000);

const CLEAN = "test('clean', () => { clearInterval(setInterval(() => {}, 5000)); });\n";
const LEAKY = "test('leaky', () => { setInterval(() => {}, 5000); });\n";

const freeze = (target: string, name: string): string =>
  `Object.defineProperty(${target}, '${name}', { configurable: false, writable: false });`;

/** `leakgate run -- jest …` on one set of files. */
const gate = (files: Readonly<Record<string, string>>, ...args: string[]): Promise<Run> =>
  inProject(files, ({ leakgate }) => leakgate(['run', '--', 'jest', ...args]));

describe('leakgate run exits with', () => {
  it('0 for a clean suite, and says what it checked', async () => {
    const run = await gate({ 'a.test.js': CLEAN, 'b.test.js': CLEAN });
    expect(run.summary).toBe(
      ['Leaks:       none', 'Checked:     2 tests in 2 files', "Cost:        <n> ms (<n> % of the files' time)"].join(
        '\n',
      ),
    );
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('Tests:       2 passed, 2 total');
  });

  it('3 for leaks, the same leak in many tests told once', async () => {
    const helper = 'module.exports = () => { setInterval(() => {}, 5000); };\n';
    const test = "const open = require('./open');\ntest.each([1, 2, 3])('try %s', () => { open(); });\n";
    const run = await gate({
      'open.js': helper,
      'a.test.js': test,
      'b.test.js':
        "test('listens', (done) => {\n  require('node:net').createServer().listen(0, '127.0.0.1', done);\n});\n",
      'c.test.js': CLEAN,
    });
    expect(run.summary.replaceAll(/ {2}[\da-f]{12}$/gm, '  <fingerprint>')).toBe(
      [
        'Leaks:       4 in 4 places (3 × interval, 1 × TCP server)',
        '  3 × interval  open.js:1:26  <fingerprint>',
        '      try 1',
        '      try 2',
        '      try 3',
        '  1 × TCP server on 127.0.0.1:<port>  b.test.js:2:38  <fingerprint>',
        '      listens',
        'Checked:     5 tests in 3 files',
        "Cost:        <n> ms (<n> % of the files' time), and <n> ms of grace for suspects",
        '',
        'Tests passed, but they leak.',
      ].join('\n'),
    );
    expect(run.code).toBe(3);
  });

  it('1 when a test also failed for a reason of its own', async () => {
    const run = await gate({ 'a.test.js': "test('x', () => { setInterval(() => {}, 9); expect(1).toBe(2); });\n" });
    expect(run.summary).toMatch(/Failed for reasons other than leaks\.$/);
    expect(run.code).toBe(1);
  });

  it.each([
    ['a test file cannot be loaded', { 'a.test.js': "test('x', () => {\n" }],
    ['an afterAll throws', { 'a.test.js': `${CLEAN}afterAll(() => { throw new Error('no'); });\n` }],
    [
      'coverage is too low',
      {
        'package.json': manifest({
          collectCoverage: true,
          coverageThreshold: { global: { functions: 100 } },
        }),
        'f.js': 'exports.f = () => 1;\n',
        'a.test.js': `require('./f');\n${CLEAN}`,
      },
    ],
  ])('1 when %s', async (_why, files: Record<string, string>) => {
    const run = await gate(files);
    expect(run.summary).toMatch(/Failed for reasons other than leaks\.$/);
    expect(run.code).toBe(1);
  });

  it('1 when Jest finds no tests, and 0 when that is allowed', async () => {
    await inProject({}, async ({ leakgate }) => {
      expect((await leakgate(['run', '--', 'jest'])).code).toBe(1);
      expect((await leakgate(['run', '--', 'jest', '--passWithNoTests'])).code).toBe(0);
    });
  });

  it('3 when a leak belongs to a suite and to no test', async () => {
    const run = await gate({ 'a.test.js': `beforeAll(() => { setInterval(() => {}, 9); });\n${CLEAN}` });
    expect(run.code).toBe(3);
  });

  it('3 when --bail ends the run at a leak', async () => {
    expect((await gate({ 'a.test.js': LEAKY, 'b.test.js': LEAKY }, '--bail')).code).toBe(3);
  });

  it('4 for a file whose docblock takes the gate away, and not when it names ours', async () => {
    const run = await gate({ 'a.test.js': `/** @jest-environment node */\n${CLEAN}` });
    expect(run.summary).toContain(
      'Problem:     a.test.js ran but was not checked. If its docblock names an environment, let it say `@jest-environment leakgate/jest/node` or `leakgate/jest/jsdom`.',
    );
    expect(run.summary).toMatch(/leakgate could not do its job: what it did not check may leak\.$/);
    expect(run.code).toBe(4);
  });

  it('4 for what another runner ran, said once, and 0 without its project', async () => {
    const files = {
      'package.json': manifest({
        projects: [
          { displayName: 'tests', transform: {} },
          { displayName: 'lint', runner: '<rootDir>/lint.js', testMatch: ['**/*.test.js'] },
        ],
      }),
      'lint.js': `
        const { createEmptyTestResult } = require('@jest/test-result');
        module.exports = class {
          async runTests(tests, _watcher, onStart, onResult) {
            for (const test of tests) {
              await onStart(test);
              const passed = { ancestorTitles: [], fullName: 'lint', title: 'lint', status: 'passed', failureMessages: [] };
              const result = { testFilePath: test.path, numPassingTests: 1, testResults: [passed] };
              await onResult(test, { ...createEmptyTestResult(), ...result });
            }
          }
        };`,
      'a.test.js': CLEAN,
      'b.test.js': CLEAN,
    };
    const both = await gate(files);
    expect(both.summary.match(/^Problem: .*$/gm)).toEqual([
      expect.stringMatching(
        /^Problem: {5}2 files were not checked, or not in full, [ab]\.test\.js among them: the runner lint\.js does not run them in Jest's environments\. Leave its project out with `--ignoreProjects`\.$/,
      ),
    ]);
    expect(both.code).toBe(4);
    expect((await gate(files, '--ignoreProjects', 'lint')).code).toBe(0);
  });

  it('4 when a test calls process.exit(0), whatever exit code it asks for', async () => {
    const run = await gate({ 'a.test.js': "test('x', () => { process.exit(0); });\n" }, '--runInBand');
    expect(run.summary).toContain('Problem:     a.test.js was begun and never finished');
    expect(run.code).toBe(4);
  });

  it('4 when a set-up file fails, and names it among the reasons', async () => {
    const files = { 'setup.js': "throw new Error('no database');\n", 'a.test.js': CLEAN };
    const run = await gate(files, '--setupFiles=<rootDir>/setup.js');
    expect(run.summary).toMatch(
      /^Problem: {5}a\.test\.js was begun and never finished: .* or one of its `setupFiles` failed\.$/m,
    );
    expect(run.code).toBe(4);
  });

  it('4 when a worker is killed', async () => {
    const run = await gate(
      { 'a.test.js': "test('x', () => { process.kill(process.pid, 'SIGKILL'); });\n", 'b.test.js': CLEAN },
      '--maxWorkers=2',
    );
    expect(run.summary).toContain('Problem:     a.test.js was begun and never finished');
    expect(run.code).toBe(4);
  });

  it('4 when a probe cannot start, and says why in one sentence', async () => {
    const run = await gate(
      {
        'package.json': manifest({ globalSetup: '<rootDir>/setup.js' }),
        'setup.js': "module.exports = () => { Object.freeze(require('node:http').globalAgent); };\n",
        'a.test.js': CLEAN,
      },
      '--runInBand',
    );
    const why = '`on` of the Agent is frozen, so what it is used for cannot be seen.';
    expect(run.stderr).toContain(
      `leakgate could not do its job in this file: the listeners probe could not do its job: ${why}\n\nTest Suites:`,
    );
    expect(run.summary).toContain(`Problem:     The listeners probe could not do its job in a.test.js: ${why}\n`);
    expect(run.stderr).toContain('Tests:       1 passed, 1 total');
    expect(run.code).toBe(4);
  });

  it.each([
    ['http-requests', "require('node:http').Agent.prototype", 'addRequest', 'the Agent'],
    ['files', "require('node:fs').promises", 'open', 'its module'],
    ['files', "require('node:fs').WriteStream.prototype", '_construct', 'the WriteStream'],
  ])('4 when what the %s probe wraps is frozen: %s, %s', async (probe, target, name, owner) => {
    const run = await gate(
      {
        'package.json': manifest({ globalSetup: '<rootDir>/setup.js' }),
        'setup.js': `module.exports = () => { ${freeze(target, name)} };\n`,
        'a.test.js': CLEAN,
      },
      '--runInBand',
    );
    expect(run.summary).toContain(
      `Problem:     The ${probe} probe could not do its job in a.test.js: \`${name}\` of ${owner} is frozen, so what it is used for cannot be seen.\n`,
    );
    expect(run.stderr).toContain('Tests:       1 passed, 1 total');
    expect(run.code).toBe(4);
  });

  it('4 when a test freezes what a probe has to wrap anew for the next file, and not for what goes on working', async () => {
    const afterFreezing = (target: string, name: string, test: string): Promise<Run> =>
      gate(
        {
          'a.test.js': `test('freezes', () => { ${freeze(target, name)} });\n${'// runs first\n'.repeat(500)}`,
          'b.test.js': test,
        },
        '--runInBand',
      );
    const requests = await afterFreezing("require('node:http').Agent.prototype", 'addRequest', CLEAN);
    const files = await afterFreezing(
      "require('node:fs')",
      'openSync',
      "test('opens', () => { require('node:fs').openSync(__filename); });\n",
    );
    expect(requests.summary).toContain(
      'Problem:     The http-requests probe could not do its job in b.test.js: `addRequest` of the Agent is frozen',
    );
    expect(requests.code).toBe(4);
    expect(files.summary).toContain('1 × file descriptor on b.test.js');
    expect(files.code).toBe(3);
  });

  it('2 for a malformed pragma, which fails its file with the same sentence', async () => {
    const run = await gate({ 'a.test.js': `/** @leakgate loud */\n${CLEAN}`, 'b.test.js': CLEAN });
    const sentence =
      /The docblock pragma @leakgate of \S+a\.test\.js: level must be off, gate, trace or paranoid; found "loud"\./;
    expect(run.stderr.slice(0, run.stderr.indexOf('Leaks: '))).toMatch(sentence);
    expect(run.summary).toMatch(sentence);
    expect(run.code).toBe(2);
  });
});

describe('a rule that matches nothing', () => {
  const files = {
    'package.json': manifest(
      {},
      {
        leakgate: {
          allow: [
            { reason: 'old metrics', kind: 'timeout', file: 'metrics.js' },
            { reason: 'known poller', kind: 'interval', file: '*.js' },
          ],
        },
      },
    ),
    'a.test.js': LEAKY,
    'b.test.js': CLEAN,
  };

  it('fails the run when the whole suite ran', async () => {
    const run = await gate(files);
    expect(run.summary).toContain(
      'Rule:        package.json:1  "old metrics" matched nothing in the whole run. Delete it, or correct what it names.\nChecked:     2 tests in 2 files, 1 leak allowed',
    );
    expect(run.summary).toMatch(/Tests passed, but what is let go is out of date\.$/);
    expect(run.code).toBe(3);
  });

  it.each([['b.test'], ['--testNamePattern=clean'], ['--shard=1/2']])('is nobody to blame under %s', async (filter) => {
    expect((await gate(files, filter)).code).toBe(0);
  });
});

describe('a grandchild', () => {
  const starts = (script: string): string =>
    `test('x', (done) => {\n  require('node:child_process').spawn('sh', ['-c', '${script}'], { stdio: 'ignore' }).on('close', () => done());\n});\n`;

  it('that outlives the run is an orphan, by pid and command; where none can be found, that is said', async () => {
    const run = await gate({ 'a.test.js': starts('sleep 30 & true') });
    if (process.platform !== 'linux') {
      expect(run.summary).toContain(`Note:        Orphaned processes cannot be looked for on ${process.platform}.`);
      return;
    }
    expect(run.summary).toContain(
      'Orphan:      process <pid> (sleep 30) is still running; a.test.js started it. End it in the test that starts it.',
    );
    expect(run.code).toBe(3);
    process.kill(Number(/process (\d+) \(sleep 30\)/.exec(run.stderr)?.[1]));
  });

  it('that ends within the grace its project has set is none', async () => {
    const run = await gate({
      'package.json': manifest({}, { leakgate: { graceMs: 20_000 } }),
      'a.test.js': starts('sleep 2 & true'),
    });
    expect(run.summary).toMatch(/^Leaks: {7}none/);
    expect(run.code).toBe(0);
  });

  it('that has ended is none', async () => {
    expect((await gate({ 'a.test.js': starts('sleep 0.1') })).code).toBe(0);
  });
});
