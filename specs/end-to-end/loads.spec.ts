import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

const PAUSE = 'const pause = (ms) => new Promise((done) => setTimeout(done, ms));\n';

/** Begun at the top of a module, it goes on while the tests run. */
const POLLER = `${PAUSE}
let stopped = false;
const poll = async () => {
  while (!stopped) await pause(5);
};
void poll();
`;

const WATCHED = `
test('runs while it goes on', () => pause(20));
test('runs while it goes on, too', () => pause(20));
`;

const files = {
  'a-stopped.test.js': `${POLLER}${WATCHED}
    afterAll(() => { stopped = true; });
  `,
  'b-polls-on.test.js': POLLER + WATCHED,
  'c-spins-on.test.js': `${PAUSE}
    const spin = async () => {
      for (;;) await new Promise((done) => setImmediate(done));
    };
    void spin();
    ${WATCHED}
  `,
  'd-modern.test.mjs': `${POLLER}await pause(1);${WATCHED}`,
  'e-library.test.js': `${PAUSE}require('sweeping');${WATCHED}`,
  'node_modules/sweeping/index.js': `
    const sweep = () => setTimeout(sweep, 2).unref();
    sweep();
  `,
};

const LAZY = {
  'lazy-poller.js': `
    let timer;
    const poll = () => { timer = setTimeout(poll, 5); };
    poll();
    exports.stop = () => clearTimeout(timer);
  `,
  'lazy-server.js': `
    const server = require('node:net').createServer();
    const up = new Promise((done) => setImmediate(() => server.listen(0, done)));
    exports.stop = async () => { await up; await new Promise((done) => server.close(done)); };
    exports.poll = () => setInterval(() => {}, 60_000);
  `,
  'a-for-all.test.js': `${PAUSE}
    let poller;
    test('loads it first', () => { poller = require('./lazy-poller'); return pause(20); });
    test('runs while it goes on', () => pause(20));
    afterAll(() => poller.stop());
  `,
  'b-for-each.test.js': `${PAUSE}
    let app;
    beforeEach(() => { jest.resetModules(); app = require('./lazy-server'); });
    afterEach(() => app.stop());
    test.each(['one', 'another'])('has %s of its own', () => pause(20));
    test('stops one in isolation', () => jest.isolateModulesAsync(async () => { await require('./lazy-server').stop(); }));
  `,
  'c-never-stopped.test.js': `${PAUSE}
    test('loads it', () => { require('./lazy-poller'); return pause(20); });
  `,
  'lazy-es-poller.mjs': `
    let timer;
    const poll = () => { timer = setImmediate(poll); };
    poll();
    export const stop = () => clearImmediate(timer);
  `,
  'd-imports.test.mjs': `${PAUSE}
    let poller;
    test('imports it first', async () => { poller = await import('./lazy-es-poller.mjs'); await pause(20); });
    test('runs while that goes on', () => pause(20));
    afterAll(() => poller.stop());
  `,
  'd-mocks.test.js': `${PAUSE}
    let mock;
    const mocked = () => {
      let timer;
      const poll = () => { timer = setImmediate(poll); };
      poll();
      return { stop: () => clearImmediate(timer) };
    };
    test('loads what is mocked first', () => {
      jest.doMock('./nothing', mocked, { virtual: true });
      mock = require('./nothing');
      return pause(20);
    });
    test('runs while the mock goes on', () => pause(20));
    afterAll(() => mock.stop());
  `,
  'e-calls.test.js': `
    afterAll(() => require('./lazy-server').stop());
    test('calls what it has loaded', () => { require('./lazy-server').poll(); });
  `,
};

const config = { testMatch: ['**/*.test.?(m)js'], transform: {} };
const nodeArgs = ['--experimental-vm-modules'];

describe('what modules start as they are loaded', () => {
  it('is their file’s, however long it goes on, and no test’s that runs meanwhile', async () => {
    const run = await runJest({ files, config, nodeArgs });
    expect(run.tests.size).toBeGreaterThan(0);
    expect([...run.tests].filter(([, { status }]) => status !== 'passed')).toEqual([]);
    const found = findingsOf(run).map(({ scope, root, openedAt }) => [
      `${scope.file.split('/').at(-1)}:${openedAt?.line}`,
      scope.kind,
      root.kind,
    ]);
    expect(found).toEqual([
      ['b-polls-on.test.js:1', 'file', 'timeout'],
      ['c-spins-on.test.js:4', 'file', 'immediate'],
      ['d-modern.test.mjs:1', 'file', 'timeout'],
    ]);
  });

  it('is their file’s where a test loads them, too, but not what that test has them do', async () => {
    const run = await runJest({ files: LAZY, config, nodeArgs });
    const failed = [...run.tests].filter(([, { status }]) => status !== 'passed').map(([name]) => name);
    expect(failed).toEqual(['calls what it has loaded']);
    expect(run.tests.size).toBe(11);
    const found = findingsOf(run).map(({ scope, root, openedAt }) => [
      `${openedAt?.file.split('/').at(-1)}:${openedAt?.line}`,
      [scope.kind, ...scope.path].join(' '),
      root.kind,
    ]);
    expect(found).toEqual([
      ['lazy-poller.js:3', 'file', 'timeout'],
      ['lazy-server.js:5', 'test calls what it has loaded', 'interval'],
    ]);
  });

  it('says the same of a module that throws as without the gate', async () => {
    const failing = {
      'fails.test.js': `test('never runs', () => {});\nrequire('./throws');`,
      'throws.js': 'throw new Error("no such luck");',
    };
    const said = async (settings: Record<string, unknown>): Promise<string> => {
      const { output } = await runJest({ files: failing, config: { ...config, ...settings } });
      return output.slice(output.indexOf('●'), output.indexOf('Test Suites:'));
    };
    const gated = await said({});
    expect(gated).toContain('no such luck');
    expect(gated).toBe(await said({ testEnvironment: 'node' }));
  });
});
