import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { matchesGlob } from '../../harness/engine/glob';
import { packageFolderOf, packageOf, packageOfFrame } from '../../harness/model/frame';
import { covers, ruledOut } from '../../harness/model/rule';
import { type JestRun, runJest } from './jest-project';

const POLLING = 'module.exports = () => setInterval(() => {}, 60_000).unref();';
const LEAKING = `
const poll = require('poller');
test('polls', () => { poll(); });
`;

/** `poller` installed as it is called, and as `npm i poller@npm:@acme/poller` does. */
const installedAs = (name: string): Record<string, string> => ({
  'node_modules/poller/package.json': JSON.stringify({ name, main: 'index.js' }),
  'node_modules/poller/index.js': POLLING,
  'a.test.js': LEAKING,
});

const findingsOf = (run: JestRun) => run.reports.flatMap(({ findings }) => findings);

describe('a package behind an alias', () => {
  let plain: JestRun;
  let aliased: JestRun;

  beforeAll(async () => {
    plain = await runJest({ files: installedAs('poller') });
    aliased = await runJest({ files: installedAs('@acme/poller') });
  }, 60_000);

  it('goes by its own name in reports', () => {
    expect(findingsOf(plain).map(({ openedBy }) => openedBy)).toEqual(['poller']);
    expect(findingsOf(aliased).map(({ openedBy }) => openedBy)).toEqual(['@acme/poller']);
    expect(aliased.output).toContain('The call that opened it is in @acme/poller');
    expect(aliased.output).toContain('End what @acme/poller armed it for (cancel, clear, close or unmount that)');
  });

  it('has the fingerprint of the package, and not that of the folder', () => {
    const [one] = findingsOf(plain);
    const [other] = findingsOf(aliased);
    expect(one?.fingerprint).not.toBe(other?.fingerprint);
  });

  it('is what allowances and rules match', () => {
    const ground = { base: '/', matches: matchesGlob };
    const [finding] = findingsOf(aliased);
    const trace = finding?.trace ?? [];
    const rule = { kind: 'interval', file: 'index.js', reason: 'a test', reference: 'here' };
    expect(ruledOut({ ...rule, package: '@acme/poller' }, 'interval', trace)).toBe(true);
    expect(ruledOut({ ...rule, package: 'poller' }, 'interval', trace)).toBe(false);
    expect(finding && covers({ package: '@acme/poller', reason: 'a test' }, finding, ground)).toBe(true);
    expect(finding && covers({ package: 'poller', reason: 'a test' }, finding, ground)).toBe(false);
  });
});

describe('a package that does not say its name', () => {
  it('goes by its folder', async () => {
    const run = await runJest({ files: { 'node_modules/poller/index.js': POLLING, 'a.test.js': LEAKING } });
    expect(findingsOf(run).map(({ openedBy }) => openedBy)).toEqual(['poller']);
  }, 60_000);
});

describe('the package of a file', () => {
  it('is the innermost folder in node_modules', () => {
    const file = '/app/node_modules/.pnpm/@acme+pool@1.0.0/node_modules/@acme/pool/lib/pool.js';
    expect(packageOf(file)).toBe('@acme/pool');
    expect(packageFolderOf(file)).toBe('/app/node_modules/.pnpm/@acme+pool@1.0.0/node_modules/@acme/pool');
    expect(packageFolderOf('C:\\app\\node_modules\\pool\\index.js')).toBe('C:/app/node_modules/pool');
    expect(packageFolderOf(resolve('src/index.js'))).toBeUndefined();
  });

  it('is what its frame says, where an alias hides it', () => {
    const frame = { file: '/app/node_modules/pool-1/index.js', line: 1, column: 1, fn: '', origin: 'library' } as const;
    expect(packageOfFrame(frame)).toBe('pool-1');
    expect(packageOfFrame({ ...frame, package: 'pool' })).toBe('pool');
  });
});
