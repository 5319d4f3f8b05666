import { describe, expect, it, jest } from '@jest/globals';
import { expectClaims } from '../end-to-end/claims';
import { runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

/** Asks a child to end, and would kill it later on; as execa does up to version 8. */
const KILL = `
const { spawn } = require('node:child_process');
const setKillTimeout = (child) => {
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  if (timer.unref) timer.unref();
};
exports.start = () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const over = new Promise((done) => child.once('exit', done));
  return {
    pid: child.pid,
    kill() { child.kill(); setKillTimeout(child); return over; },
  };
};
`;

/** Tells no event of a path twice within a second, and forgets the timers when it is closed; as chokidar does. */
const THROTTLE = `
const { watch } = require('node:fs');
exports.FSWatcher = class FSWatcher {
  throttled = new Map();
  constructor(path) { this.watcher = watch(path); this._throttle(path, 1000); }
  _throttle(path, timeout) {
    if (this.throttled.has(path)) return false;
    this.throttled.set(path, setTimeout(() => this.throttled.delete(path), timeout));
    return true;
  }
  close() { this.throttled.clear(); this.watcher.close(); }
};
`;

/** Observes the process for as long as it lives; as prom-client does. */
const METRICS = {
  'lib/metrics/gc.js': `
const { PerformanceObserver } = require('node:perf_hooks');
module.exports = () => { new PerformanceObserver(() => {}).observe({ entryTypes: ['gc'] }); };`,
  'lib/metrics/eventLoopLag.js': `
const { monitorEventLoopDelay } = require('node:perf_hooks');
module.exports = () => { monitorEventLoopDelay().enable(); };`,
  'index.js': `
const metrics = [require('./lib/metrics/gc'), require('./lib/metrics/eventLoopLag')];
exports.collectDefaultMetrics = () => { for (const metric of metrics) metric(); };`,
};

/** Forgets old hits once in a while, in a store of a middleware's own; as express-rate-limit does. */
const LIMITS = `
class MemoryStore {
  init() {
    this.interval = setInterval(() => {}, 60_000);
    if (this.interval.unref) this.interval.unref();
  }
}
exports.rateLimit = () => { new MemoryStore().init(); return (_request, _response, next) => next(); };
`;

const SUITE = `
const { rateLimit } = require('express-rate-limit');
const limit = rateLimit();
test('limits', (done) => limit({}, {}, done));
test('makes a limit', () => { rateLimit(); });
const kills = require('execa');
const unruly = require('killer');
const { FSWatcher } = require('chokidar');
const unruled = require('throttler');
const { collectDefaultMetrics } = require('prom-client');
test('ends a child', () => kills.start().kill());
test('leaks what another package arms just so', async () => {
  const child = unruly.start();
  await child.kill(); // opens
});
test('leaks a child', () => {
  kills.start(); // opens
});
test('closes a watcher', () => { new FSWatcher(__dirname).close(); });
test('leaks a timer that another package forgets just so', () => {
  const watcher = new unruled.FSWatcher(__dirname); // opens
  watcher.close();
});
test('leaks a watcher', () => {
  new FSWatcher(__dirname); // opens
});
describe('metrics', () => {
  beforeAll(() => collectDefaultMetrics());
  test('are collected', () => {});
  test('are collected again', () => collectDefaultMetrics());
});
`;

describe('what execa, chokidar, prom-client and express-rate-limit keep by design', () => {
  it('is nobody’s leak, while what their user forgets is, and so is the same of any other package', async () => {
    const files: Record<string, string> = {
      'node_modules/execa/lib/kill.js': KILL,
      'node_modules/execa/index.js': `module.exports = require('./lib/kill');`,
      'node_modules/killer/index.js': KILL,
      'node_modules/chokidar/index.js': THROTTLE,
      'node_modules/throttler/index.js': THROTTLE,
      'node_modules/express-rate-limit/dist/index.cjs': LIMITS,
      'node_modules/express-rate-limit/package.json': '{ "main": "./dist/index.cjs" }',
      'by-design.test.js': SUITE,
    };
    for (const [name, text] of Object.entries(METRICS)) files[`node_modules/prom-client/${name}`] = text;
    const run = await runJest({ files });
    expectClaims(run, files);
    expect(
      run.reports
        .flatMap(({ findings }) => findings)
        .map(({ root }) => root.kind)
        .sort(),
    ).toEqual(['child-process', 'timeout', 'timeout', 'watcher']);
  });
});
