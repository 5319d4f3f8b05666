import { describe, expect, it, jest } from '@jest/globals';
import type { Options } from '../../harness/config';
import { findingsOf } from '../end-to-end/claims';
import { runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

const LEAKGATE = JSON.stringify(require.resolve('../../dist'));

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

/** A spy of Jest's holds the client until the file is over, and through it a server that is closed. */
const SPIED = `
const { createServer } = require('node:http');
const { servers } = require('./servers');
class Client {
  server = createServer();
  said() { return 'client'; }
}
const close = (server) => new Promise((done) => server.close(done));
let spy;
afterAll(() => expect(spy.mock.calls).toHaveLength(1));
test('spies on what has a server', async () => {
  const client = new Client();
  LISTED
  spy = jest.spyOn(client, 'said').mockReturnValue('spy');
  await new Promise((done) => client.server.listen(0, '127.0.0.1', done));
  expect(client.said()).toBe('spy');
  await close(client.server);
});
`;

interface Counted {
  readonly findings: number;
  readonly forced: number;
}

async function run(options: Partial<Options>, names: readonly string[], test = LISTED): Promise<Counted> {
  const done = await runJest({
    files: {
      'servers.js': SERVERS,
      'counting.js': COUNTING,
      ...Object.fromEntries(names.map((name) => [`${name}.test.js`, test])),
    },
    config: {
      reporters: ['<rootDir>/counting.js'],
      testEnvironmentOptions: { leakgate: options },
    },
    args: ['--runInBand'],
  });
  return { findings: findingsOf(done).length, forced: Number(/^forced: (\d+)$/m.exec(done.output)?.[1]) };
}

describe('collections that are forced at the end of a file', () => {
  it('are one at the most where the heap is too large to be explained, and not one for each file', async () => {
    const [small, large] = await Promise.all([
      run({ mostHeapBytes: 500e6 }, ['a']),
      run({ mostHeapBytes: 1e6 }, ['a', 'b', 'c', 'd', 'e', 'f']),
    ]);
    expect(small.findings).toBe(1);
    expect(small.forced).toBeGreaterThan(2);
    // The first two show that it is the process's, and the fifth asks anew.
    expect(large).toEqual({ findings: 0, forced: 3 });
  });

  it('are few where only a spy holds what is closed, and find what else holds it', async () => {
    const [spied, listed] = await Promise.all([
      run({ mostHeapBytes: 500e6 }, ['a'], SPIED.replace('LISTED', '')),
      run({ mostHeapBytes: 500e6 }, ['a'], SPIED.replace('LISTED', "servers.set('first', client.server);")),
    ]);
    expect(spied.findings).toBe(0);
    expect(spied.forced).toBeLessThan(listed.forced);
    expect(listed.findings).toBe(1);
  });

  it('are none where only that counts which tests ask about, and some where they do ask', async () => {
    const asking = LISTED.replace(
      "servers.set('first', server);",
      `$& require(${LEAKGATE}).leakgate.expectCollected(server, 'the first');`,
    );
    const [closed, asked] = await Promise.all([
      run({ retention: 'asked' }, ['a']),
      run({ retention: 'asked' }, ['a'], asking),
    ]);
    expect(closed).toEqual({ findings: 0, forced: 0 });
    expect(asked.findings).toBe(1);
    expect(asked.forced).toBeGreaterThan(2);
  });
});
