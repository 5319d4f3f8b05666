import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Finding } from '../../harness/model/finding';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(120_000);

/** A job that takes about a second and a half: longer than the grace, and less than all that is waited for in a file. */
const KEYS = `
const { pbkdf2, pbkdf2Sync } = require('node:crypto');
const { promisify } = require('node:util');
const tries = Array.from({ length: 40 }, () => {
  const begun = performance.now();
  pbkdf2Sync('secret', 'salt', 2_000, 64, 'sha512');
  return performance.now() - begun;
});
const rounds = Math.ceil((1_500 / Math.min(...tries)) * 2_000);
const derive = (done) => pbkdf2('secret', 'salt', rounds, 64, 'sha512', done);
class Keys {
  warm() { this.ready ??= this.make(); return 1; }
  async make() { this.key = await promisify(derive)(); }
  renew() { derive((_error, key) => { this.key = key; this.renewed(); }); return 1; }
  renewal = new Promise((done) => { this.renewed = done; });
}
module.exports = { Keys, derive };
`;

const SHARED = `
const { Keys } = require('./keys');
const all = new Keys();
let own;
beforeAll(() => { own = new Keys(); });
afterAll(() => Promise.all([all.ready, own.renewal]));
test('warms what its file shares', () => { expect(all.warm()).toBe(1); });
test('renews what a hook has made', () => { expect(own.renew()).toBe(1); });
`;

const LEFT = `
const { Keys, derive } = require('./keys');
test('calls a function, and does not wait', () => { derive(() => {}); });
test('makes keys of its own, and does not wait', () => { const keys = new Keys(); expect(keys.warm()).toBe(1); });
`;

const CHAIN = `
const { pbkdf2 } = require('node:crypto');
const next = () => { pbkdf2('secret', 'salt', 50_000, 64, 'sha512', next); }; // line 3
test('goes on from job to job', () => { next(); });
test('takes some time', () => new Promise((done) => { setTimeout(done, 200); }));
`;

describe('a job that nobody awaits', () => {
  let run: JestRun;

  beforeAll(async () => {
    const files = { 'keys.js': KEYS, 'shared.test.js': SHARED, 'left.test.js': LEFT, 'chain.test.js': CHAIN };
    // On a busy machine they take several times as long, and a hook that waits for one is to see its end.
    run = await runJest({ files, config: { transform: {}, testTimeout: 60_000 }, args: ['--forceExit'] });
  });

  const findingsIn = (file: string): readonly Finding[] =>
    findingsOf(run).filter(({ scope }) => scope.file.endsWith(file));

  it('is its test’s when the grace is over, though a function of the file has started it', () => {
    expect(findingsIn('left.test.js').map(({ root, scope }) => [root.kind, scope.path.join()])).toEqual([
      ['crypto-job', 'calls a function, and does not wait'],
      ['crypto-job', 'makes keys of its own, and does not wait'],
    ]);
  });

  it('is nobody’s where an object made outside has started it for itself, and is waited for', () => {
    expect(findingsIn('shared.test.js')).toEqual([]);
    expect([...run.tests.values()].filter(({ file }) => file === 'shared.test.js').map(({ status }) => status)).toEqual(
      ['passed', 'passed'],
    );
  });

  it('is told once, though it goes on with another for ever', () => {
    expect(findingsIn('chain.test.js').map(({ scope, openedAt }) => [scope.path.join(), openedAt?.line])).toEqual([
      ['goes on from job to job', 3],
    ]);
  });
});
