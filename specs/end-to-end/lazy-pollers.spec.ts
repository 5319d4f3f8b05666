import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Finding } from '../../harness/model/finding';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(180_000);

/** Pollers that a module starts for whoever asks first, and that arm their timers when nobody is on the stack any more. */
const POLLERS = `
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
class Poller {
  constructor() { this.asked = 0; }
  start() {
    const ask = () => {
      void Promise.resolve().then(() => { this.asked++; this.timer = setTimeout(ask, 40); });
    };
    ask();
    return this;
  }
  stop() { clearTimeout(this.timer); }
}
class Ticker {
  async start() { await pause(1); this.timer = setInterval(() => {}, 40); return this; }
  stop() { clearInterval(this.timer); }
}
const begun = async () => { const poller = new Poller().start(); await pause(5); return poller; };

const DELAYS = [40, 5];
exports.delays = () => DELAYS;
let byVariable;
exports.byVariable = async () => (byVariable ??= await begun());
let byPromise;
exports.byPromise = () => (byPromise ??= begun());
let byClosure;
exports.byClosure = async () => {
  if (byClosure === undefined) {
    const poller = await begun();
    byClosure = { stop: () => poller.stop() };
  }
  return byClosure;
};
let ticker;
exports.ticker = async () => (ticker ??= await new Ticker().start());

exports.own = begun;
exports.ownTicker = () => new Ticker().start();
exports.later = async (ms) => { await pause(1); setTimeout(() => {}, ms); };
`;

const SHARED = ['byVariable', 'byPromise', 'byClosure', 'ticker'];

const STOP = 'afterAll(async () => (await pollers[kind]()).stop());';

const suites = (end: string, how: string): string => `
const pollers = require('./pollers');
describe.each(${JSON.stringify(SHARED)})('%s${how}', (kind) => {
  ${end}
  test('asks first', async () => { expect(await pollers[kind]()).toBeDefined(); });
  test('asks again', async () => { expect(await pollers[kind]()).toBeDefined(); });
});
`;

const OWN = `
const pollers = require('./pollers');
test.each(['own', 'ownTicker'])('forgets its %s', async (kind) => {
  expect(await pollers[kind]()).toBeDefined();
});
test('forgets a timer of nobody', () => pollers.later(60_000));
`;

/** As its test ends, more is in use than the limit for snapshots allows, and most of that is garbage: what a compiler leaves, say. */
const GARBAGE = `
const pollers = require('./pollers');
let ballast = new Array(25_000_000).fill(0.5);
afterAll(async () => (await pollers.byVariable()).stop());
test('asks amid garbage', async () => {
  expect(await pollers.byVariable()).toBeDefined();
  ballast = undefined;
});
`;

/** Requests that never end by themselves: one that a suite shares, and one that a test forgets, begun by the same kind of function. */
const REQUESTS = `
const http = require('node:http');
const { once } = require('node:events');
let server, shared, ending;
const begin = async () => {
  const options = { port: server.address().port, method: 'POST', agent: false, headers: { expect: '100-continue' } };
  const request = http.request(options).on('error', () => {});
  request.flushHeaders();
  await once(request, 'continue');
  return request;
};
const feed = async () => {
  if (shared === undefined) shared = await begin();
  return shared;
};
const open = async () => {
  const request = await begin();
  return () => request.destroy();
};
const follow = () => (ending ??= open());
beforeAll(async () => {
  server = http.createServer().on('checkContinue', (_, response) => response.writeContinue());
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  shared.destroy();
  (await ending)();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});
test('asks a shared feed', async () => { expect((await feed()).destroyed).toBe(false); });
test('asks it again', async () => { expect((await feed()).destroyed).toBe(false); });
test('forgets a feed of its own', async () => { expect((await begin()).destroyed).toBe(false); });
test('follows one of which all have but the end', async () => { expect(await follow()).toBe(await ending); });
test('forgets how one of its own is ended', async () => { expect(await open()).not.toBe(await ending); });
`;

/** As where the compiler of a type checker is in the process: no snapshot is taken of so large a heap. */
const LARGE = '/** @leakgate mostHeapBytes=1 */';

const FILES = {
  'pollers.js': POLLERS,
  'large.test.js': `${LARGE}${suites(STOP, ', in a large heap')}`,
  'garbage.test.js': GARBAGE,
  'requests.test.js': REQUESTS,
  'ended.test.js': suites(STOP, ', ended'),
  'left.test.js': suites('', ''),
  'own.test.js': OWN,
};

describe('a poller that a module starts for all who use it', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files: FILES, config: { transform: {} } });
  });

  const findingsIn = (file: string): readonly Finding[] =>
    findingsOf(run).filter(({ scope }) => scope.file.endsWith(file));

  const statusesIn = (name: string): readonly string[] =>
    [...run.tests.values()].filter(({ file }) => file === name).map(({ status }) => status);

  it('is nobody’s leak where it is stopped when the last test has used it', () => {
    expect(findingsIn('ended.test.js')).toEqual([]);
    expect(statusesIn('ended.test.js')).toEqual(Array(2 * SHARED.length).fill('passed'));
  });

  it('is nobody’s leak either where the heap cannot be asked', () => {
    expect(findingsIn('large.test.js')).toEqual([]);
    expect(statusesIn('large.test.js')).toEqual(Array(2 * SHARED.length).fill('passed'));
  });

  it('is nobody’s leak either where garbage fills the heap', () => {
    expect(findingsIn('garbage.test.js')).toEqual([]);
    expect(run.tests.get('asks amid garbage')?.status).toBe('passed');
  });

  it('is found once, at the end of its file, where nobody stops it', () => {
    expect(
      findingsIn('left.test.js')
        .map(({ scope, message }) => `${scope.path.join()}: ${message}`)
        .sort(),
    ).toEqual([
      expect.stringContaining(': A timeout of 40 ms was armed for `byClosure.stop.poller` (`Poller`) of pollers.js'),
      expect.stringContaining(': A timeout of 40 ms was armed for `byVariable` (`Poller`) of pollers.js'),
      expect.stringContaining('byPromise,asks first: A timeout of 40 ms was armed by work of this test that went on'),
      expect.stringContaining('ticker,asks first: An interval of 40 ms was armed in this test, but never cleared'),
    ]);
  });

  it('is its test’s where the test has one of its own, at once', () => {
    const found = findingsIn('own.test.js');
    expect(found.map(({ scope, root }) => [scope.path.join(' > '), root.kind]).sort()).toEqual([
      ['forgets a timer of nobody', 'timeout'],
      ['forgets its own', 'timeout'],
      ['forgets its ownTicker', 'interval'],
    ]);
  });

  it('is judged like a request that a function of the test file has begun for all, or for one', () => {
    expect(findingsIn('requests.test.js').map(({ scope, root }) => [scope.path.join(), root.kind])).toEqual([
      ['forgets a feed of its own', 'http-request'],
      ['forgets how one of its own is ended', 'http-request'],
    ]);
  });
});
