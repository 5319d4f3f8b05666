import { describe, expect, it, jest } from '@jest/globals';
import type { TestCase, TimelineEvent } from '../../harness/model/test-case';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

const WITH_HOOKS = `
const net = require('node:net');
let server;
let poll;
beforeEach(async () => {
  server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  poll = setInterval(() => {}, 1_000); // line 8
});
afterEach(async () => {
  clearInterval(poll);
  await new Promise((done) => server.close(done));
});
test('forgets one interval of two', async () => {
  const own = setInterval(() => {}, 2_000); // line 15
  setInterval(() => {}, 3_000); // line 16
  await new Promise((done) => setTimeout(done, 5));
  clearInterval(own);
});
test('is clean', async () => {
  await new Promise((done) => setTimeout(done, 5));
});
`;

/** Whose it is shows at the end of the file. */
const DEFERRED = {
  'node_modules/pool/index.js': "exports.open = () => require('node:net').createServer().listen(0, '127.0.0.1');\n",
  'deferred.test.js': `
const { open } = require('pool');
test('never closes what a library opened', async () => {
  const server = open(); // line 4
  await new Promise((done) => server.once('listening', done));
});
`,
};

/** Past the number of things whose end is looked for after each hook. */
const IN_A_FLOOD = `
test('loses a server among timers', async () => {
  require('node:net').createServer().listen(0, '127.0.0.1'); // line 3
  for (let i = 0; i < 200; i++) clearTimeout(setTimeout(() => {}, 60_000));
  await new Promise((done) => setTimeout(done, 5));
});
`;

const SIDE_BY_SIDE = `
const { test } = require('@jest/globals');
test.concurrent('one', async () => { setInterval(() => {}, 1_000); });
test.concurrent('two', async () => { await new Promise((done) => setTimeout(done, 5)); });
`;

async function casesOf(files: Readonly<Record<string, string>>): Promise<readonly TestCase[]> {
  const { reports } = await runJest({
    files,
    config: { testEnvironmentOptions: { leakgate: { graceMs: 50 } } },
  });
  return reports.flatMap(({ cases }) => cases);
}

const lifeOf = (timeline: readonly TimelineEvent[], line: string): readonly TimelineEvent[] => {
  const opened = timeline.find((event) => event.line?.endsWith(line) === true);
  return timeline.filter(({ thing }) => thing !== undefined && thing === opened?.thing);
};

describe('the timeline of a test', () => {
  it('has its hooks in their order, and each thing from its opening to the hook that closed it', async () => {
    const [leaky] = await casesOf({ 'hooks.test.js': WITH_HOOKS });
    const timeline = leaky?.timeline ?? [];
    const steps = timeline.filter(({ what }) => what === 'hook');
    expect(steps.map(({ kind }) => kind)).toEqual(['beforeEach', 'test', 'afterEach']);
    const [before, body, after] = steps.map(({ atMs, forMs = 0 }) => ({ from: atMs, to: atMs + forMs }));
    expect(after?.from).toBeGreaterThanOrEqual(body?.to ?? Infinity);

    const within = (event: TimelineEvent | undefined, step: { from: number; to: number } | undefined): void => {
      // Both ends are rounded.
      expect(event?.atMs).toBeGreaterThanOrEqual((step?.from ?? Infinity) - 0.02);
      expect(event?.atMs).toBeLessThanOrEqual((step?.to ?? 0) + 0.02);
    };
    const [pollOpened, pollClosed] = lifeOf(timeline, ':8');
    expect([pollOpened?.what, pollClosed?.what]).toEqual(['opened', 'closed']);
    within(pollOpened, before);
    within(pollClosed, after);

    const [ownOpened, ownClosed] = lifeOf(timeline, ':15');
    expect([ownOpened?.what, ownClosed?.what]).toEqual(['opened', 'closed']);
    within(ownOpened, body);
    within(ownClosed, body);

    const [lost, left] = lifeOf(timeline, ':16');
    expect([lost?.what, left?.what, left?.label]).toEqual(['opened', 'left', 'an interval of 3 s']);
    within(lost, body);

    const server = timeline.filter(({ kind }) => kind === 'tcp-server').map(({ what }) => what);
    expect(server).toEqual(['opened', 'closed']);
  });

  it('is kept for tests with findings only', async () => {
    const [leaky, clean] = await casesOf({ 'hooks.test.js': WITH_HOOKS });
    expect([leaky?.findings, clean?.findings]).toEqual([[0], undefined]);
    expect(clean?.status).toBe('passed');
    expect(clean).not.toHaveProperty('timeline');
  });

  it('is there for what shows at the end of the file, too', async () => {
    const [leaky] = await casesOf(DEFERRED);
    expect(leaky?.findings).toEqual([0]);
    const server = leaky?.timeline?.filter(({ kind }) => kind === 'tcp-server') ?? [];
    expect(server.map(({ what }) => what)).toEqual(['opened', 'left']);
  });

  it('has what is left, however much else was opened', async () => {
    const [leaky] = await casesOf({ 'flood.test.js': IN_A_FLOOD });
    const timeline = leaky?.timeline ?? [];
    expect(lifeOf(timeline, ':3').map(({ what }) => what)).toEqual(['opened', 'left']);
    expect(timeline.length).toBeLessThan(200);
    expect(timeline.filter(({ kind, what }) => kind === 'timeout' && what === 'left')).toEqual([]);
  });

  it('is not drawn for tests that run side by side, for their hooks say nothing of each', async () => {
    const [leaky] = await casesOf({ 'side.test.js': SIDE_BY_SIDE });
    expect(leaky?.findings).toEqual([0]);
    expect(leaky).not.toHaveProperty('timeline');
  });
});
