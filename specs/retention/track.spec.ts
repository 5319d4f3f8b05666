import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from '../end-to-end/claims';
import { type JestRun, type JestRunOptions, runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

const ROOT = resolve(__dirname, '../..');
const FIXTURES = join(ROOT, 'fixtures/tracked');
const PACKAGE = { '^leakgate$': join(ROOT, 'dist/index.js') };
const TESTS = { 'instances.test.ts': readFileSync(join(FIXTURES, 'instances.test.ts'), 'utf8') };

const QUICK = { moduleNameMapper: PACKAGE, testEnvironmentOptions: { leakgate: { graceMs: 50 } } };

const ESM: JestRunOptions = {
  nodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  config: {
    extensionsToTreatAsEsm: ['.ts'],
    transform: {
      '\\.ts$': [
        join(ROOT, 'node_modules/@swc/jest'),
        { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
      ],
    },
  },
};

const inProject = (setUp: 'setupFiles' | 'setupFilesAfterEnv', options: JestRunOptions = {}): Promise<JestRun> =>
  runJest({
    rootDir: FIXTURES,
    ...options,
    config: { ...options.config, ...QUICK, [setUp]: ['<rootDir>/set-up.ts'] },
  });

describe.each([
  ['CommonJS', 'setupFiles', {}],
  ['CommonJS', 'setupFilesAfterEnv', {}],
  ['ESM', 'setupFiles', ESM],
  ['ESM', 'setupFilesAfterEnv', ESM],
] as const)('leakgate.track in %s, said in %s', (_modules, setUp, options) => {
  it('accounts for every instance, and for nothing else', async () => {
    const run = await inProject(setUp, options);
    expectClaims(run, TESTS);
    expect(run.reports.flatMap(({ probeFailures }) => probeFailures)).toEqual([]);
  });
});

const CLIENT = `
  class Client { constructor(name) { this.name = name; } close() {} }
  exports.Client = Client;
  exports.clientTo = (name) => new Client(name);`;
const SET_UP = `
  const { leakgate } = require('leakgate');
  leakgate.track(require('./client').Client, { release: 'close' });`;

describe('a tracked instance', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({
      files: {
        'client.js': CLIENT,
        'set-up.js': SET_UP,
        'pool.js': `
          const { EventEmitter } = require('node:events');
          const { clientTo } = require('./client');
          exports.Pool = class Pool extends EventEmitter {
            query() { this.client ??= clientTo('pooled'); return this.client.name; }
            close() { this.client?.close(); }
          };`,
        'import.test.js': `
          const { Client } = require('./client');
          const atImport = new Client('at import');
          test('uses it', () => { expect(atImport.name).toBe('at import'); });`,
        'import-closed.test.js': `
          const { Client } = require('./client');
          const atImport = new Client('at import');
          afterAll(() => atImport.close());
          test('uses it', () => { expect(atImport.name).toBe('at import'); });`,
        'suite.test.js': `
          const { Client } = require('./client');
          describe('a suite', () => {
            beforeAll(() => { new Client('before all'); });
            test('knows nothing of it', () => {});
          });`,
        'lazy.test.js': `
          const { Pool } = require('./pool');
          const pool = new Pool();
          afterAll(() => pool.close());
          test('makes the pool connect', () => { expect(pool.query()).toBe('pooled'); });`,
        'concurrent.test.js': `
          const { Client } = require('./client');
          const pause = () => new Promise((done) => setTimeout(done, 5));
          test.concurrent('closes', async () => { const client = new Client('one'); await pause(); client.close(); });
          test.concurrent('forgets', async () => { await pause(); new Client('two'); await pause(); });`,
        'allowed.test.js': `
          const { leakgate } = require('leakgate');
          const { Client } = require('./client');
          test('may', () => {
            leakgate.allow({ kind: 'tracked-object', reason: 'lives as long as the process' });
            new Client('allowed');
          });`,
        'proxied.test.js': `
          const { Client } = require('./client');
          const handlers = {
            'nothing of its own': {},
            'the proxy for its this': { get(target, key, proxy) {
              const value = Reflect.get(target, key, proxy);
              return typeof value === 'function' ? (...args) => value.apply(proxy, args) : value;
            } },
            'its client for its this': { get: (target, key) => target[key].bind(target) },
            'no word on its client': { getPrototypeOf() { throw new Error('asked'); } },
          };
          test.each(Object.keys(handlers))('releases it by a proxy with %s', (name) => {
            new Proxy(new Proxy(new Client('proxied'), {}), handlers[name]).close();
          });
          test('leaves it to a proxy', () => { new Proxy(new Client('left'), {}); });`,
        'disposed.test.js': `
          const { leakgate } = require('leakgate');
          class Lock { [Symbol.dispose]() {} }
          class Lease { async [Symbol.asyncDispose]() {} }
          if (typeof DisposableStack === 'function') for (const each of [Lock, Lease]) leakgate.track(each);
          test('disposes of it by a stack', async () => {
            if (typeof DisposableStack !== 'function') return;
            const stack = new AsyncDisposableStack();
            stack.use(new Lock());
            stack.use(new Lease());
            await stack.disposeAsync();
            expect([Lock.prototype[Symbol.dispose].name, Lock.prototype[Symbol.dispose].length]).toEqual(['[Symbol.dispose]', 0]);
          });
          test('leaves it without a stack', () => { new Lock(); });`,
        'gone.test.js': `
          const { Client } = require('./client');
          test('drops it unreleased', async () => {
            (() => { new Client('dropped'); })();
            for (let round = 0; round < 3; round++) {
              await new Promise((done) => setImmediate(done));
              gc();
            }
          });`,
      },
      config: { ...QUICK, setupFiles: ['<rootDir>/set-up.js'] },
      nodeArgs: ['--expose-gc'],
      args: ['--runInBand'],
    });
  });

  const of = (file: string) =>
    findingsOf(run)
      .filter(({ scope }) => scope.file.endsWith(`/${file}.test.js`))
      .map(({ kind, scope, message }) => [kind, scope.kind, scope.path.join(' '), message]);

  it('made while the file loads is the file’s', () => {
    expect(of('import')).toEqual([
      [
        'leak',
        'file',
        '',
        'A `Client` was made while this file was loading, but never released.\nCall its `close()` in an `afterAll` at the top of the file.',
      ],
    ]);
    expect(of('import-closed')).toEqual([]);
  });

  it('made in beforeAll is the suite’s', () => {
    expect(of('suite').map(([kind, scope, path]) => [kind, scope, path])).toEqual([['leak', 'suite', 'a suite']]);
  });

  it('made by a pool of an outer scope is that pool’s', () => {
    expect(of('lazy')).toEqual([]);
  });

  it('made in a concurrent test is that test’s', () => {
    expect(of('concurrent').map(([kind, , path]) => [kind, path])).toEqual([['leak', 'forgets']]);
  });

  it('can be allowed by its kind', () => {
    expect(of('allowed')).toEqual([]);
  });

  it('is released by whatever stands for it', () => {
    expect(of('proxied').map(([kind, , path]) => [kind, path])).toEqual([['leak', 'leaves it to a proxy']]);
  });

  it('is released by a stack of disposables, where there is such a thing', () => {
    const left = 'DisposableStack' in globalThis ? [['leak', 'leaves it without a stack']] : [];
    expect(of('disposed').map(([kind, , path]) => [kind, path])).toEqual(left);
    expect(run.tests.get('disposes of it by a stack')?.messages).toEqual('');
  });

  it('has leaked when it was dropped without release, though it is collected', () => {
    expect(of('gone').map(([kind, , path]) => [kind, path])).toEqual([['leak', 'drops it unreleased']]);
  });
});

describe('a tracked instance that is released', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({
      files: {
        'protocol.js': `
          class Invoker { constructor(url) { this.url = { url }; } destroy() {} }
          const invokers = new Map();
          exports.Invoker = Invoker;
          exports.refer = (url) => { const invoker = new Invoker(url); invokers.set(url, invoker); return invoker; };
          exports.unrefer = (url) => { invokers.get(url).destroy(); invokers.delete(url); };`,
        'set-up.js': `
          const { leakgate } = require('leakgate');
          leakgate.track(require('./protocol').Invoker, { release: 'destroy' });`,
        'held.test.js': `
          const { refer } = require('./protocol');
          test('destroys it, and forgets to forget it', () => { refer('user-service').destroy(); });`,
        'clean.test.js': `
          const { refer, unrefer, Invoker } = require('./protocol');
          let shared;
          beforeEach(() => { shared = new Invoker('shared'); });
          afterEach(() => shared.destroy());
          test('destroys and forgets it', () => { refer('user-service'); unrefer('user-service'); });`,
      },
      config: { ...QUICK, setupFiles: ['<rootDir>/set-up.js'] },
      args: ['--runInBand'],
    });
  });

  it('and still reachable is retained, with the path that holds it', () => {
    const findings = findingsOf(run);
    expect(findings.map(({ kind, scope, root }) => [kind, scope.path.at(-1), root.kind])).toEqual([
      ['retained', 'destroys it, and forgets to forget it', 'tracked-object'],
    ]);
    expect(findings[0]?.message).toMatch(/^An `Invoker` .*is still reachable\.\n/);
    expect(findings[0]?.openedAt).toMatchObject({ line: 5 });
    expect(run.output).toMatch(
      /module protocol\.js\n +└─ invokers : Map \(1 entry\)\n +└─ \[ "user-service" \] → Invoker/,
    );
  });
});

describe('leakgate.track', () => {
  it('says in the set-up file what it cannot do', async () => {
    const { output } = await runJest({
      files: {
        'set-up.js': `
          const { leakgate } = require('leakgate');
          const said = [];
          const attempt = (...args) => { try { leakgate.track(...args); said.push('no error'); } catch (error) { said.push(error.name + ': ' + error.message); } };
          attempt({});
          attempt(class Bare {});
          attempt(class Arrow { close = () => {}; }, { release: 'close' });
          attempt(Map, { release: 'clear' });
          const FrozenMap = Object.freeze(class FrozenMap extends Map {});
          attempt(FrozenMap, { release: 'clear' });
          globalThis.said = said;`,
        'some.test.js': "test('runs', () => { console.log(said.join('\\n')); });",
      },
      config: { ...QUICK, setupFiles: ['<rootDir>/set-up.js'] },
    });
    expect(output).toContain('UsageError: leakgate.track needs a class: what it was given has no prototype.');
    expect(output).toContain(
      "UsageError: leakgate.track(Bare) needs a release, as in { release: 'close' }: it has neither [Symbol.dispose]() nor",
    );
    expect(output).toContain('UsageError: leakgate.track(Arrow): the release `close` is no method of its prototype.');
    expect(output).toContain('Error: leakgate.track(Map): it is built in, and not a class of yours.');
    expect(output).toContain('Error: leakgate.track(FrozenMap): it is frozen and derived from a built-in class');
    expect(output).not.toContain('no error');
  });

  it('does nothing without the gate', async () => {
    const { code } = await runJest({
      files: {
        'client.js': CLIENT,
        'set-up.js': SET_UP,
        'some.test.js': "test('runs', () => { new (require('./client').Client)('left'); });",
      },
      config: { ...QUICK, testEnvironment: 'node', setupFiles: ['<rootDir>/set-up.js'] },
    });
    expect(code).toBe(0);
  });

  it('puts all back after the file', async () => {
    const { code, output } = await runJest({
      files: {
        'environment.js': `
          const { inspect } = require('node:util');
          const Environment = require(${JSON.stringify(join(ROOT, 'dist/runners/jest-node.js'))});
          module.exports = class extends Environment {
            async teardown() {
              const { Client, close, base } = this.global.kept;
              await super.teardown();
              const whole = [Client.prototype.close === close, Object.getPrototypeOf(Client) === base];
              console.error('whole', inspect(whole));
            }
          };`,
        'some.test.js': `
          const { leakgate } = require('leakgate');
          class Client extends Map { close() {} }
          const { close } = Client.prototype;
          globalThis.kept = { Client, close, base: Map };
          leakgate.track(Client, { release: 'close' });
          test('closes', () => { new Client().close(); expect(Client.prototype.close).not.toBe(close); });`,
      },
      config: { ...QUICK, testEnvironment: './environment.js' },
    });
    expect(output).toContain('whole [ true, true ]');
    expect(code).toBe(0);
  });
});

describe('findLeaks', () => {
  it('accounts for tracked classes, too', async () => {
    class Job {
      stop(): void {}
    }
    const { findLeaks, leakgate } = require('../../dist/index.js') as typeof import('../../harness/index');
    leakgate.track(Job, { release: 'stop' });
    expect(await findLeaks(() => new Job().stop())).toEqual([]);
    const leaks = await findLeaks(() => new Job());
    expect(leaks.map(({ message }) => message)).toEqual([
      'A `Job` was made in this block, but never released.\nCall its `stop()` before the block ends.',
    ]);
  });
});
