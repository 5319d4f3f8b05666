import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(120_000);

/** Polls from the first query on, in one of the ways people write that, until it is closed. */
const POOL = `
const { setTimeout: nap } = require('node:timers/promises');
class Pool {
  closed = false;
  stopping = new AbortController();
  constructor(how) { this.how = how; }
  query() { this.started ??= this.start(); return 1; }
  start() { this[this.how](); return true; }
  chain() { this.timer = setTimeout(() => this.chain(), 4); }
  spin() { const again = () => { this.timer = setImmediate(again); }; again(); }
  async loop() { while (!this.closed) await this.pause(5); }
  async slow() { while (!this.closed) await nap(30_000, undefined, this.stopping).catch(() => {}); }
  async deep() { while (!this.closed) await this.once(); }
  async once() { await this.pause(6); }
  async *ticks() { for (;;) { await this.pause(7); yield; } }
  async iterate() { for await (const _ of this.ticks()) if (this.closed) return; }
  pause(ms) { return new Promise((done) => { setTimeout(done, ms); }); }
  close() { this.closed = true; this.stopping.abort(); clearTimeout(this.timer); clearImmediate(this.timer); }
}
let shared;
exports.Pool = Pool;
exports.getPool = () => (shared ??= new Pool('chain'));
`;

const WAYS = ['chain', 'spin', 'loop', 'slow', 'deep', 'iterate'];

/** The first test that asks it starts it; it is closed when the last has. */
const SHARED = `
const { Pool } = require('./pool');
describe.each(${JSON.stringify(WAYS)})('%s', (how) => {
  const pool = new Pool(how);
  afterAll(() => pool.close());
  test('asks', () => { expect(pool.query()).toBe(1); });
  test('asks again', async () => { pool.query(); await new Promise((done) => { setTimeout(done, 15); }); });
});
`;

const ASKED_FOR = `
const { getPool } = require('./pool');
afterAll(() => getPool().close());
test('asks', () => { expect(getPool().query()).toBe(1); });
test('asks again', async () => { getPool().query(); await new Promise((done) => { setTimeout(done, 15); }); });
`;

const OWN = `
const { Pool } = require('./pool');
test.each(${JSON.stringify(WAYS)})('forgets its own: %s', (how) => {
  const pool = new Pool(how);
  expect(pool.query()).toBe(1);
});
`;

const FORGOTTEN = `
const { Pool } = require('./pool');
const pool = new Pool('loop');
test('asks', () => { expect(pool.query()).toBe(1); });
test('asks again', async () => { pool.query(); await new Promise((done) => { setTimeout(done, 15); }); });
`;

describe('a loop that a test has started', () => {
  it('is nobody’s leak where what runs it was made outside, and closed', async () => {
    const files = { 'pool.js': POOL, 'shared.test.js': SHARED, 'asked-for.test.js': ASKED_FOR };
    const run = await runJest({ files, config: { transform: {} } });
    expect(findingsOf(run)).toEqual([]);
    expect([...run.tests.values()].map(({ status }) => status)).toEqual(Array(2 * WAYS.length + 2).fill('passed'));
    expect(run.code).toBe(0);
  });

  it('is the test’s where that made what runs it, with all that has led there, whichever round it is in', async () => {
    const run = await runJest({ files: { 'pool.js': POOL, 'own.test.js': OWN }, config: { transform: {} } });
    expect(
      findingsOf(run).map(({ kind, scope, trace }) => [kind, scope.path.join(), trace.map(({ fn }) => fn).join(' < ')]),
    ).toEqual([
      ['leak', 'forgets its own: chain', expect.stringMatching(/^chain < start < query/)],
      ['leak', 'forgets its own: spin', expect.stringMatching(/^again < spin < start < query/)],
      ['leak', 'forgets its own: loop', expect.stringMatching(/ < loop < start < query/)],
      ['leak', 'forgets its own: slow', expect.stringMatching(/^slow < start < query/)],
      ['leak', 'forgets its own: deep', expect.stringMatching(/ < once < deep < start < query/)],
      ['leak', 'forgets its own: iterate', expect.stringMatching(/ < ticks < iterate < start < query/)],
    ]);
  });

  it('is the file’s where nobody has closed what runs it', async () => {
    const run = await runJest({
      files: { 'pool.js': POOL, 'forgotten.test.js': FORGOTTEN },
      config: { transform: {} },
    });
    expect(findingsOf(run).map(({ scope, message }) => [scope.kind, message])).toEqual([
      ['file', expect.stringContaining('`Pool`')],
    ]);
    expect([...run.tests.values()].map(({ status }) => status)).toEqual(['passed', 'passed']);
  });
});
