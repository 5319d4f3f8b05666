import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from '../end-to-end/claims';
import { type JestRun, type JestRunOptions, runJest } from '../end-to-end/jest-project';

jest.setTimeout(90_000);

const ROOT = resolve(__dirname, '../..');
const CONFIG = {
  moduleNameMapper: { '^leakgate$': join(ROOT, 'dist/index.js') },
  setupFilesAfterEnv: [join(ROOT, 'dist/runners/matchers.js')],
  testEnvironmentOptions: { leakgate: { graceMs: 50 } },
  testTimeout: 60_000,
};

const SCENARIOS = `
  const net = require('node:net');
  const { once } = require('node:events');
  exports.forgetsAnInterval = () => { setInterval(() => {}, 60_000); };
  exports.clearsAnInterval = () => { clearInterval(setInterval(() => {}, 60_000)); };
  exports.forgetsAServer = async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  };
  exports.closesAServer = async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  };
  exports.forgetsBoth = async () => {
    exports.forgetsAnInterval();
    await exports.forgetsAServer();
  };`;

/** Names are the claims: \`fails\` in a name means that Jest must say so. */
const TO_LEAK = `
  const net = require('node:net');
  const { forgetsAnInterval, clearsAnInterval, forgetsAServer, closesAServer, forgetsBoth } = require('./scenarios');

  test('a clean scenario does not leak', async () => {
    await expect(clearsAnInterval).not.toLeak();
    await expect(closesAServer).not.toLeak();
    await expect(() => 7).not.toLeak();
  });
  test('a leaking scenario leaks, and the test does not answer for it', async () => {
    await expect(forgetsAnInterval).toLeak();
    await expect(forgetsAServer).toLeak({ kind: 'tcp-server' });
    await expect(forgetsAServer).toLeak({ kind: 'leak' });
  });
  test('a leak is known by its line', async () => {
    await expect(forgetsAnInterval).toLeak({ kind: 'interval', openedAt: 'scenarios.js:4' });
    await expect(forgetsAnInterval).toLeak({ openedAt: expect.stringContaining('scenarios.js') });
    await expect(forgetsAnInterval).toLeak({ kind: expect.stringMatching(/^inter/), count: 1, message: expect.stringContaining('60 s') });
  });
  test('what is asked for is told from what is not', async () => {
    await expect(forgetsAnInterval).toLeak({ kind: 'interval' });
    await expect(clearsAnInterval).not.toLeak({ kind: 'interval' });
  });
  test('what the scenario uses of its test is the test’s', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await expect(async () => { server.ref(); }).not.toLeak();
    server.close();
  });
  test('fails: leaves nothing open', async () => {
    await expect(clearsAnInterval).toLeak();
  });
  test('fails: leaves something else open', async () => {
    await expect(forgetsAnInterval).toLeak({ kind: 'tcp-server' });
  });
  test('fails: must not leak', async () => {
    await expect(forgetsAServer).not.toLeak();
  });
  test('fails: leaves more open than was asked for', async () => {
    await expect(forgetsBoth).toLeak({ kind: 'interval' });
  });
  test('fails: is no function', async () => {
    await expect(7).toLeak();
  });
  test('fails: asks for what no leak has', async () => {
    await expect(clearsAnInterval).toLeak({ type: 'interval' });
  });
  test('fails: throws what the scenario throws', async () => {
    await expect(() => { forgetsAnInterval(); throw new Error('of its own'); }).toLeak();
  });
  test('fails: leaks beside the scenario', async () => {
    await expect(forgetsAnInterval).toLeak();
    setInterval(() => {}, 30_000);
  });
  test.concurrent('a concurrent scenario does not leak', async () => { await expect(closesAServer).not.toLeak(); });
  test.concurrent('another leaks beside it', async () => { await expect(forgetsAServer).toLeak({ kind: 'tcp-server' }); });
`;

/** `name: what it says`, of what failed. */
const failures = (run: JestRun): Record<string, string> =>
  Object.fromEntries(
    [...run.tests].filter(([, { status }]) => status === 'failed').map(([name, { messages }]) => [name, messages]),
  );

const inProject = (tests: string, options: JestRunOptions = {}): Promise<JestRun> =>
  runJest({
    files: { 'scenarios.js': SCENARIOS, 'some.test.js': tests },
    ...options,
    config: { ...CONFIG, ...options.config },
  });

describe('toLeak', () => {
  let run: JestRun;
  let said: Record<string, string>;

  beforeAll(async () => {
    run = await inProject(TO_LEAK);
    said = failures(run);
  });

  it('judges a scenario as a test would be judged', () => {
    expect(run.tests.size).toBe(15);
    expect(Object.keys(said).filter((name) => !name.startsWith('fails'))).toEqual([]);
    expect([...run.tests.keys()].filter((name) => name.startsWith('fails') && !(name in said))).toEqual([]);
  });

  it('fails in the words of Jest', () => {
    expect(said['fails: leaves nothing open']).toContain(
      'expect(scenario).toLeak()\n\nExpected to leave something open, but left: nothing',
    );
    expect(said['fails: leaves something else open']).toMatch(
      /expect\(scenario\)\.toLeak\(pattern\)\n\nExpected to leave something open like \{"kind": "tcp-server"\}, but left: \[\{"kind": "interval", "openedAt": "scenarios\.js:4"\}\]/,
    );
    expect(said['fails: must not leak']).toMatch(
      /expect\(scenario\)\.not\.toLeak\(\)\n\nExpected to leave nothing open, but left:\n\n {2}A TCP server on \S+ was opened in this block, but never closed\.\n {2}Close it with .*\n {2}scenarios\.js:7\n {4}at exports\.forgetsAServer /,
    );
    expect(said['fails: is no function']).toMatch(/Matcher error: received value must be a function/);
    expect(said['fails: asks for what no leak has']).toMatch(
      /pattern must be an object with kind, openedAt, message, count/,
    );
    expect(said['fails: throws what the scenario throws']).toContain('of its own');
  });

  it('lays to the test what was not asked for, and nothing else', () => {
    expect(said['fails: leaves more open than was asked for']).toMatch(/^A TCP server on/);
    expect(said['fails: leaves something else open']).toContain('An interval of 60 s was armed');
    expect(said['fails: leaks beside the scenario']).toMatch(/^An interval of 30 s was armed in this test/);
    expect(
      findingsOf(run)
        .map(({ root, scope }) => `${scope.path.at(-1)}: ${root.kind}`)
        .sort(),
    ).toEqual([
      'fails: leaks beside the scenario: interval',
      'fails: leaves more open than was asked for: tcp-server',
      'fails: leaves something else open: interval',
    ]);
  });

  it('works without the gate, too', async () => {
    const { tests } = await inProject(
      `const { forgetsAServer, closesAServer } = require('./scenarios');
       test('leaks', async () => { await expect(forgetsAServer).toLeak({ kind: 'tcp-server', openedAt: expect.stringContaining('scenarios.js:') }); });
       test('is clean', async () => { await expect(closesAServer).not.toLeak(); });`,
      { config: { testEnvironment: 'node' } },
    );
    expect([...tests.values()].map(({ messages }) => messages).join('')).toBe('');
    expect([...tests].map(([name, { status }]) => `${name}: ${status}`)).toEqual(['leaks: passed', 'is clean: passed']);
  });

  it('keeps nothing of a scenario open, whatever becomes of other leftovers', async () => {
    const { tests, output } = await inProject(
      `test('leaks', async () => { await expect(require('./scenarios').forgetsBoth).toLeak(); });`,
      { config: { testEnvironmentOptions: { leakgate: { leftovers: 'keep' } } } },
    );
    expect([...tests.values()].map(({ status }) => status)).toEqual(['passed']);
    expect(output).not.toContain('Jest did not exit');
  });

  it('needs no global `expect`', async () => {
    const { tests } = await inProject(
      `const { expect, test } = require('@jest/globals');
       test('leaks', async () => { await expect(require('./scenarios').forgetsAServer).toLeak(); });`,
      { config: { injectGlobals: false } },
    );
    expect([...tests.values()].map(({ status }) => status)).toEqual(['passed']);
  });
});

describe('leakgate/matchers', () => {
  it('can be imported by a test, and brings its types along', async () => {
    const { tests, output } = await runJest({
      rootDir: join(ROOT, 'fixtures/matchers'),
      config: {
        moduleNameMapper: { ...CONFIG.moduleNameMapper, '^leakgate/matchers$': CONFIG.setupFilesAfterEnv[0] },
        testEnvironmentOptions: CONFIG.testEnvironmentOptions,
      },
    });
    expect([...tests.values()].map(({ messages }) => messages)).toEqual(['']);
    expect(output).toContain('Tests:       1 passed');
  });
});

describe('toBeCollected', () => {
  let run: JestRun;
  let said: Record<string, string>;

  beforeAll(async () => {
    run = await inProject(`
      const held = new Map();
      class Invoker { url = 'user-service'; }
      const drops = () => new WeakRef(new Invoker());
      const keeps = () => {
        const invoker = new Invoker();
        held.set('user-service', invoker);
        return new WeakRef(invoker);
      };
      globalThis.registry = held;
      test('what nobody holds is collected', async () => { await expect(drops()).toBeCollected(); });
      test('what a map holds is not', async () => { await expect(keeps()).not.toBeCollected(); });
      test('a map that is emptied lets go', async () => {
        const ref = keeps();
        held.clear();
        await expect(ref).toBeCollected();
      });
      test('twenty are collected', async () => {
        for (let count = 0; count < 20; count++) await expect(drops()).toBeCollected();
      });
      test('fails: held', async () => { await expect(keeps()).toBeCollected(); });
      test('fails: gone', async () => { await expect(drops()).not.toBeCollected(); });
      test('fails: no reference', async () => { await expect(new Invoker()).toBeCollected(); });
    `);
    said = failures(run);
  });

  it('tells what is gone from what is held', () => {
    expect(run.tests.size).toBe(7);
    expect(Object.keys(said)).toEqual(['fails: held', 'fails: gone', 'fails: no reference']);
  });

  it('fails in the words of Jest', () => {
    expect(said['fails: held']).toContain(
      'expect(ref).toBeCollected()\n\nExpected to be gone after a forced collection, but it is still reachable:\n\n',
    );
    expect(said['fails: held']).toMatch(
      / (?:held|registry) : Map \(1 entry\)\n +└─ \[ "user-service" \] → Invoker {6}← should be gone/,
    );
    expect(said['fails: gone']).toContain('expect(ref).not.toBeCollected()\n\nExpected to be held, but it is gone.');
    expect(said['fails: no reference']).toMatch(/Matcher error: received value must be a WeakRef/);
  });
});
