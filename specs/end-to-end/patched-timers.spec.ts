import { describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

/** Has its own function in the place of the global ones, as zone.js does. */
const ZONES = `
for (const name of ['setTimeout', 'setInterval']) {
  const native = globalThis[name];
  globalThis[name] = (callback, ...args) => native(() => callback(), ...args);
}
`;

const POLLER = `
exports.poll = () => { setInterval(() => {}, 60_000); };
`;

const PATCHED = `
require('zones');
test('leaks what its own code has armed by a patched function', () => {
  setTimeout(() => {}, 60_000); // opens
});
test('clears what its own code has armed by a patched function', () => {
  clearTimeout(setTimeout(() => {}, 60_000));
});
`;

const PLAIN = `
const { poll } = require('poller');
test('leaks what a library has armed', () => {
  poll(); // opens
});
`;

describe('a timer that a library has armed', () => {
  it('is cleared by whoever was given it, where the library has patched the function, and by the library otherwise', async () => {
    const files = {
      'node_modules/zones/index.js': ZONES,
      'node_modules/poller/index.js': POLLER,
      'patched.test.js': PATCHED,
      'plain.test.js': PLAIN,
    };
    const run = await runJest({ files, config: { testEnvironmentOptions: { leakgate: { graceMs: 50 } } } });
    expectClaims(run, files);
    expect(findingsOf(run).map(({ message }) => message.split('\n')[1])).toEqual([
      'Clear it with `clearTimeout(timer)` in the test or its `afterEach`.',
      'End what poller armed it for (cancel, clear, close or unmount that) in the test or its `afterEach`.',
    ]);
  });
});
