import { describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

/** One listener for all its users, added for the first of them, found in a table. As loggers flush themselves at the end. */
const FLUSHES = `
const refs = [];
const functions = { exit: onExit };
function onExit() { for (const ref of refs) ref.deref()?.flush(); }
exports.logger = () => {
  const logger = { flush() {} };
  if (refs.length === 0) process.on('exit', functions.exit);
  refs.push(new WeakRef(logger));
  return logger;
};
`;

/** One listener, put where it belongs each time it is configured. */
const CONFIGURED = `
const cluster = require('node:cluster');
const handlers = new Set();
const receiver = (worker, message) => { for (const handle of handlers) handle(message); };
exports.configure = (handle) => {
  handlers.add(handle);
  cluster.removeListener('message', receiver);
  cluster.on('message', receiver);
};
exports.shutdown = () => handlers.clear();
`;

/** An add-on's function, for the first that opens. What settles a promise is native code too. */
const NATIVE = `
const { minifySync } = require(${JSON.stringify(require.resolve('@swc/core/binding'))});
let listens = false;
exports.open = () => {
  if (!listens) process.on('shop:open', minifySync);
  listens = true;
};
exports.closed = () => new Promise((done) => { process.on('shop:closed', done); setImmediate(done); });
`;

const MODERN = `
const open = new Set();
const closeAll = () => { for (const each of open) each.close(); };
export const start = (each) => { open.add(each); process.on('SIGTERM', closeAll); };
`;

const LOADED = `
const listen = (onError) => process.stdout.on('error', (error) => onError(error));
listen(() => {});
`;

/** One for each call: it closes over what that was about, is part of what that has made, or just stands there. */
const PER_CALL = `
exports.closing = (thing) => { process.on('exit', () => thing.close()); };
exports.Thing = class { #end = () => {}; constructor() { process.on('exit', this.#end); } };
exports.bare = () => { process.on('exit', () => {}); };
const onEnd = () => {};
exports.again = () => { process.on('beforeExit', onEnd); };
`;

const SUITE = `
require('loaded');
const { logger } = require('flushes');
const { configure, shutdown } = require('configured');
const { closing, Thing, bare, again } = require('per-call');
const { open, closed } = require('native');
const onHangUp = () => {};
test('makes a logger', () => { logger(); });
test('makes another', () => { logger(); });
test('configures', () => { configure(() => {}); shutdown(); });
test('configures anew', () => { configure(() => {}); shutdown(); });
test('opens what an add-on ends', () => open());
test('leaks what settles a promise', async () => {
  await closed(); // opens
});
test('leaks what a listener closes', () => {
  closing({ close() {} }); // opens
});
test('leaks a thing that listens', () => {
  new Thing(); // opens
});
test('leaks a listener that knows nothing', () => {
  bare(); // opens
});
test('is the first to have it listen', () => again());
test('leaks the same listener once more', () => {
  again(); // opens
});
test('leaks one of its own', () => {
  process.on('SIGHUP', onHangUp); // opens
});
`;

/** Asks until it has an answer, or until it is told to stop. */
const ASKS = `
const answered = (done) => setImmediate(done, 'answer');
const wake = () => {};
exports.ask = (signal) => new Promise((done) => {
  signal.addEventListener('abort', () => done('stopped'), { once: true });
  answered(done);
});
exports.askByProperty = (signal) => new Promise((done) => {
  signal.onabort = () => done('stopped');
  answered(done);
});
exports.askLater = async (signal) => { await null; return exports.ask(signal); };
exports.askWell = (signal) => new Promise((done) => {
  const stop = () => done('stopped');
  signal.addEventListener('abort', stop, { once: true });
  answered((answer) => { signal.removeEventListener('abort', stop); done(answer); });
});
const finalizer = new FinalizationRegistry(({ signal, stop }) => signal.removeEventListener('abort', stop));
exports.kept = [];
exports.askWeakly = (signal) => {
  const question = { stop() {} };
  const known = new WeakRef(question);
  const stop = () => known.deref()?.stop();
  signal.addEventListener('abort', stop, { once: true });
  finalizer.register(question, { signal, stop });
  exports.kept.push(question);
};
exports.wakeOn = (signal) => signal.addEventListener('abort', wake);
`;

const ASKING = `
const { ask, askByProperty, askLater, askWell, askWeakly, wakeOn } = require('asks');
const { fetch } = require(${JSON.stringify(require.resolve('undici-6'))});
const { signal } = new AbortController();
const byProperty = new AbortController();
test('leaks what a library listens by', async () => {
  expect(await ask(signal)).toBe('answer'); // opens
});
test('leaks it by way of another function', async () => {
  expect(await askLater(signal)).toBe('answer'); // opens
});
test('leaks a handler', async () => {
  expect(await askByProperty(byProperty.signal)).toBe('answer'); // opens
});
test('asks a library that takes its listener off', () => askWell(signal));
test('asks one that knows its question weakly', () => askWeakly(signal));
test('asks one that has one listener for all', () => wakeOn(signal));
test('asks undici', () => expect(fetch('http://127.0.0.1:1/', { signal })).rejects.toThrow());
test('asks with a signal of its own', () => ask(new AbortController().signal));
test('asks with one that times out', () => ask(AbortSignal.timeout(5)));
describe('with a signal that is aborted in the end', () => {
  const controller = new AbortController();
  afterAll(() => controller.abort());
  test('asks', () => ask(controller.signal));
});
`;

describe('a listener of a library', () => {
  it('is the library’s own where it has one for all that use it, and a leak where it has one more for each', async () => {
    const files = {
      'node_modules/flushes/index.js': FLUSHES,
      'node_modules/configured/index.js': CONFIGURED,
      'node_modules/loaded/index.js': LOADED,
      'node_modules/modern/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/modern/index.js': MODERN,
      'node_modules/per-call/index.js': PER_CALL,
      'node_modules/native/index.js': NATIVE,
      'suite.test.js': SUITE,
      'modern.test.mjs': `import { start } from 'modern';\ntest('starts', () => start({ close() {} }));`,
    };
    const run = await runJest({
      files,
      config: { testMatch: ['**/*.test.?(m)js'], transform: {} },
      nodeArgs: ['--experimental-vm-modules'],
    });
    expectClaims(run, files);
    expect(findingsOf(run).filter(({ scope }) => scope.kind !== 'test')).toEqual([]);
  });

  it('on an abort signal from elsewhere is a leak, unless it goes with what it is about', async () => {
    const files = { 'node_modules/asks/index.js': ASKS, 'asking.test.js': ASKING };
    const run = await runJest({ files });
    expectClaims(run, files);
    const found = findingsOf(run);
    expect(found.map(({ root }) => root.kind)).toEqual(found.map(() => 'abort-listener'));
    expect(new Set(found.map(({ openedBy }) => openedBy))).toEqual(new Set(['asks']));
    expect(found[0]?.message).toContain(
      'Abort the signal, or give the library one that is made for this call, in the test',
    );
  });
});
