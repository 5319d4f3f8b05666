import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { IN_ORDER } from './in-order';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

/** It goes on, by way of promises, in whatever runs after it. The agent is of the process: it tells the next file of each round. */
const WORK = `
  setInterval(async () => {
    await new Promise((done) => setImmediate(done));
    await 'a turn of promises';
    net.createServer().listen(0, '127.0.0.1');
    setTimeout(() => {}, 60_000);
    globalAgent.emit('a round');
  }, 2);
`;

const begun = (first: string): string => `
const { globalAgent } = require('node:http');
const net = require('node:net');
${first}
`;

const BY_A_TEST = begun(`test('leaves work running', async () => {${WORK}});`);
const AT_IMPORT = begun(`${WORK}\ntest('comes after', () => {});`);

const SECOND = `
const { once } = require('node:events');
const { globalAgent } = require('node:http');
const net = require('node:net');
test('innocent', async () => {
  for (let round = 0; round < 3; round++) await once(globalAgent, 'a round');
});
test('careless', async () => {
  await once(globalAgent, 'a round');
  net.createServer().listen(0, '127.0.0.1'); // line 10
});
`;

/** It goes on whatever is cleared for it, and each round follows a request of its own. */
const FOREVER = begun(`
const { stat } = require('node:fs').promises;
test('leaves a loop', async () => {
  (async () => {
    for (;;) {
      await stat(__filename);
      setTimeout(() => {}, 60_000);
      globalAgent.emit('a round');
    }
  })();
});
`);

const BETWEEN = "test('leaves an interval', () => { setInterval(() => {}, 60_000); });";

const LAST = `
const { once } = require('node:events');
const { globalAgent } = require('node:http');
test('innocent', async () => {
  for (let round = 0; round < 3; round++) await once(globalAgent, 'a round');
});
test('careless', async () => {
  await once(globalAgent, 'a round');
  setTimeout(() => {}, 60_000); // line 9
});
`;

describe('what an earlier file left running in the same process', () => {
  it.each([
    ['by a test', BY_A_TEST, 'leaves work running: failed'],
    ['while its modules loaded', AT_IMPORT, 'comes after: passed'],
  ])('is laid to no test of a later one where it was begun %s, and excuses none', async (_how, first, own) => {
    const run = await runJest({
      files: { 'first.test.js': first, 'second.test.js': SECOND, 'in-order.js': IN_ORDER },
      config: {
        testSequencer: './in-order.js',
        testEnvironmentOptions: { leakgate: { graceMs: 50, leftovers: 'keep' } },
      },
      args: ['--runInBand', '--forceExit'],
    });
    const inSecond = findingsOf(run).filter(({ scope }) => scope.file.endsWith('second.test.js'));
    expect(inSecond.map(({ scope, openedAt, count }) => [scope.path.join(), openedAt?.line, count])).toEqual([
      ['careless', 10, 1],
    ]);
    const statuses = [...run.tests].map(([name, { status }]) => `${name}: ${status}`);
    expect(statuses.sort()).toEqual(['careless: failed', 'innocent: passed', own].sort());
  });

  it('is laid to no test of a later one, however many there were since', async () => {
    const since = [1, 2, 3, 4].map((each) => [`${each}-between.test.js`, BETWEEN] as const);
    const files = { '0-first.test.js': FOREVER, ...Object.fromEntries(since), '5-last.test.js': LAST };
    const run = await runJest({
      files: { ...files, 'in-order.js': IN_ORDER },
      config: { testSequencer: './in-order.js', testEnvironmentOptions: { leakgate: { graceMs: 50 } } },
      args: ['--runInBand', '--forceExit'],
    });
    const later = findingsOf(run).filter(({ scope }) => !scope.file.endsWith('0-first.test.js'));
    expect(later.map(({ scope, openedAt }) => [scope.path.join(), openedAt?.line])).toEqual([
      ...since.map(() => ['leaves an interval', 1]),
      ['careless', 9],
    ]);
    expect(run.tests.get('innocent')).toMatchObject({ status: 'passed', messages: '' });
  });
});
