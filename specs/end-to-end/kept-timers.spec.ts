import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Finding } from '../../harness/model/finding';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(120_000);

/** Timers of the whole application, by whom they are for. */
const DEADLINES = `
const deadlines = new Map();
exports.arm = (of, ms, then) => {
  clearTimeout(deadlines.get(of));
  deadlines.set(of, setTimeout(() => { deadlines.delete(of); then(); }, ms));
};
exports.disarm = (of) => { clearTimeout(deadlines.get(of)); deadlines.delete(of); };
`;

/** Pools that have their idle connections dropped by such a timer, in the ways people write that. */
const POOLS = `
const { arm, disarm } = require('./deadlines');
class ByArrow {
  query() { arm(this, 30_000, () => this.drop()); return 1; }
  drop() { this.free = []; }
  end() { disarm(this); }
}
class ByName {
  query() { arm('by name', 30_000, this.drop.bind(this)); return 1; }
  drop() { this.free = []; }
  end() { disarm('by name'); }
}
class AfterAwait {
  async query() { await null; arm(this, 30_000, () => { this.drop(); }); return 1; }
  drop() { this.free = []; }
  end() { disarm(this); }
}
module.exports = { ByArrow, ByName, AfterAwait };
`;

const KINDS = ['ByArrow', 'ByName', 'AfterAwait'];

const suites = (end: string): string => `
const pools = require('./pools');
describe.each(${JSON.stringify(KINDS)})('%s${end === '' ? '' : ', ended'}', (kind) => {
  let pool;
  beforeAll(() => { pool = new pools[kind](); });
  ${end}
  test('asks', async () => { expect(await pool.query()).toBe(1); });
  test('asks again', async () => { expect(await pool.query()).toBe(1); });
});
`;

const OWN = `
const pools = require('./pools');
const { arm } = require('./deadlines');
const shared = new pools.ByArrow();
const later = (what) => arm(what, 30_000, () => shared.drop());
test.each(${JSON.stringify(KINDS)})('forgets its own %s', async (kind) => {
  const pool = new pools[kind]();
  expect(await pool.query()).toBe(1);
});
test('has one kept that calls a shared pool', () => { later('mine'); });
`;

const FILES = {
  'deadlines.js': DEADLINES,
  'pools.js': POOLS,
  'ended.test.js': suites('afterAll(() => pool.end());'),
  'left.test.js': suites(''),
  'own.test.js': OWN,
};

describe('a timer that another module keeps in a list', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files: FILES, config: { transform: {} } });
  });

  const findingsIn = (file: string): readonly Finding[] =>
    findingsOf(run).filter(({ scope }) => scope.file.endsWith(file));

  it('is nobody’s leak where the pool that has armed it was made outside, and ended', () => {
    expect(findingsIn('ended.test.js')).toEqual([]);
    const tests = [...run.tests.values()].filter(({ file }) => file === 'ended.test.js');
    expect(tests.map(({ status }) => status)).toEqual(Array(2 * KINDS.length).fill('passed'));
  });

  it('is its suite’s where nobody has ended that pool', () => {
    expect(findingsIn('left.test.js').map(({ scope, message }) => [scope.kind, scope.path.join(), message])).toEqual(
      KINDS.map((kind) => ['suite', kind, expect.stringContaining(`\`pool\` (\`${kind}\`)`)]),
    );
  });

  it('is the test’s where that has made the pool, or has armed it by nothing of the pool’s', () => {
    expect(findingsIn('own.test.js').map(({ kind, scope }) => [kind, scope.kind, scope.path.join()])).toEqual([
      ...KINDS.map((kind) => ['leak', 'test', `forgets its own ${kind}`]),
      ['leak', 'test', 'has one kept that calls a shared pool'],
    ]);
  });
});
