import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from '../end-to-end/claims';
import { runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

/** Counts the collections that were forced while test files ran in this very process. */
const COUNTING = `
const { constants, PerformanceObserver } = require('node:perf_hooks');
module.exports = class {
  #forced = 0;
  #observer = new PerformanceObserver((list) => this.#count(list.getEntries()));
  onRunStart() { this.#observer.observe({ entryTypes: ['gc'] }); }
  onRunComplete() {
    this.#count(this.#observer.takeRecords());
    this.#observer.disconnect();
    process.stdout.write('forced: ' + this.#forced + '\\n');
  }
  #count(entries) {
    for (const { detail } of entries) if (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) this.#forced++;
  }
};
`;

const SERVERS = 'exports.servers = new Map();';

/** Closed, and still on the application's list: only a snapshot can tell that it is not a variable of the test file's. */
const LISTED = `
const { createServer } = require('node:http');
const { servers } = require('./servers');
test('keeps a server that is closed', async () => {
  const server = createServer();
  servers.set('first', server);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  await new Promise((done) => server.close(done));
});
`;

async function run(mostHeapBytes: number, names: readonly string[]): Promise<{ findings: number; forced: number }> {
  const done = await runJest({
    files: {
      'servers.js': SERVERS,
      'counting.js': COUNTING,
      ...Object.fromEntries(names.map((name) => [`${name}.test.js`, LISTED])),
    },
    config: {
      reporters: ['<rootDir>/counting.js'],
      testEnvironmentOptions: { leakgate: { mostHeapBytes } },
    },
    args: ['--runInBand'],
  });
  return { findings: findingsOf(done).length, forced: Number(/^forced: (\d+)$/m.exec(done.output)?.[1]) };
}

describe('a heap too large to be explained', () => {
  it('is collected no more than once for a file of which nobody asked anything, and not for each', async () => {
    const [small, large] = await Promise.all([run(500e6, ['a']), run(1e6, ['a', 'b', 'c', 'd', 'e', 'f'])]);
    expect(small.findings).toBe(1);
    expect(small.forced).toBeGreaterThan(2);
    // The first two show that it is the process's, and the fifth asks anew.
    expect(large).toEqual({ findings: 0, forced: 3 });
  });
});
