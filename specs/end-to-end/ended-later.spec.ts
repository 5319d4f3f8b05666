import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf, openings } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

/** Sleeps between two rounds, as services do, until it is stopped; whoever stops it waits for its last round. */
const POLLER = `
const { setTimeout: sleep } = require('node:timers/promises');
exports.Poller = class {
  stopping = new AbortController();
  rounds = 0;
  start() { this.running = this.run(); return this; }
  async run() {
    const { signal } = this.stopping;
    for (; !signal.aborted; this.rounds++) await sleep(20_000, undefined, { signal }).catch(() => {});
  }
  async stop() { this.stopping.abort(); await this.running; }
};
`;

const SUITE = `
const { Poller } = require('./poller');
const left = [];
afterAll(async () => {
  for (const poller of left) await poller.stop();
  expect(left.map(({ rounds }) => rounds)).toEqual([1]);
}, 2_000);
test('leaves its own to the end', () => { left.push(new Poller().start()); });
test('stops its own', () => new Poller().start().stop());
`;

describe('a loop that a test leaves', () => {
  it('is ended by its file as it would be, though it was told of and no longer keeps anything up', async () => {
    const run = await runJest({ files: { 'poller.js': POLLER, 'left.test.js': SUITE } });
    expect(openings(run)).toEqual(['poller.js:9']);
    expect(findingsOf(run).map(({ scope }) => scope.path.join())).toEqual(['leaves its own to the end']);
    expect(run.output).not.toContain('Exceeded timeout');
    expect(run.output).not.toContain('Test suite failed to run');
  });
});
