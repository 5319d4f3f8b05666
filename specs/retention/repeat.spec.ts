import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type JestRun, runJest } from '../end-to-end/jest-project';

jest.setTimeout(240_000);

const ROOT = resolve(__dirname, '../..');
const PACKAGE = { '^leakgate$': join(ROOT, 'dist/index.js') };

describe('leakgate.repeat', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({
      rootDir: join(ROOT, 'fixtures/repeat'),
      config: { moduleNameMapper: PACKAGE, testTimeout: 120_000 },
    });
  });

  const said = (scenario: string): string => run.tests.get(`grows: ${scenario}`)?.messages ?? '';

  it('fails for what grows with every run, and passes what levels off', () => {
    const statuses = [...run.tests].map(([name, { status }]) => `${name} ${status}`);
    expect(statuses.filter((each) => !/^(?:grows: \S+ failed|levels off: all that does passed)$/.test(each))).toEqual(
      [],
    );
    expect(statuses).toHaveLength(7);
    expect(run.reports.flatMap(({ probeFailures }) => probeFailures)).toEqual([]);
  });

  it('counts objects by class, names the line that makes them, and shows what holds them', () => {
    expect(said('refersAndForgets')).toMatch(
      /GrowthError: Every run of this scenario leaves something behind: of 15 runs each added to what is counted here\.\n/,
    );
    expect(said('refersAndForgets')).toMatch(
      / per run after 5 {6}10 {6}15\n +\+1 {7}5 {6}10 {6}15 {3}`Invoker`, scenarios\.ts:21, each with `Url`\n/,
    );
    expect(said('refersAndForgets')).toMatch(
      /module scenarios\.ts\n +└─ protocol : Protocol\n +└─ invokers : Map \(15 entries\)\n +└─ \[ "user-service:\d+" \] → Invoker {6}← 1 more with every run\n/,
    );
  });

  it('counts listeners and other functions, with the line they are written at', () => {
    expect(said('listensForEver')).toMatch(
      /function `onTick`, scenarios\.ts:44\n[\s\S]*bus : EventEmitter\n +└─ listener of 'tick'/,
    );
    expect(said('hoardsClosures')).toMatch(/function `total`, scenarios\.ts:119\n[\s\S]*closures : Array/);
  });

  it('counts objects of a class that Node has brought along', () => {
    expect(said('hoardsBuffers')).toMatch(/`Buffer`.*\n +module scenarios\.ts\n +└─ buffers : Array \(15 elements\)/);
  });

  it('counts the elements of a collection that holds nothing but text', () => {
    expect(said('logsNames')).toMatch(
      /elements of `Array`\n +module scenarios\.ts\n +└─ names : Array \(15 elements\)/,
    );
  });

  it('counts file descriptors, and names some', () => {
    expect(said('opensFiles')).toMatch(/\d+ {2,}file descriptors\n +scenarios\.ts\n/);
  });

  it('asks at the line that called it', () => {
    expect(said('logsNames')).toMatch(/growth\.test\.ts:11:\d+/);
  });

  it('says what it cannot do, and lets through what the scenario throws', async () => {
    const { tests } = await runJest({
      files: {
        'some.test.js': `
          const { leakgate } = require('leakgate');
          test('too few', async () => { await leakgate.repeat(9, () => {}); });
          test('no number', async () => { await leakgate.repeat('10', () => {}); });
          test('throws', async () => { await leakgate.repeat(10, () => { throw new Error('of its own'); }); });`,
      },
      config: { moduleNameMapper: PACKAGE },
    });
    expect([...tests.values()].map(({ messages }) => messages.split('\n')[0])).toEqual([
      'UsageError: leakgate.repeat(9) needs a whole number of runs, 10 at least: fewer cannot tell a slope from a straggler.',
      expect.stringContaining('leakgate.repeat(10) needs a whole number') as never,
      'Error: of its own',
    ]);
  });

  it('lets libraries and Node keep the short lists they keep by design, and nobody else', async () => {
    const { tests } = await runJest({
      files: {
        'some.test.js': `
          const http = require('node:http');
          const { Client, Server, ServerCredentials, credentials } = require(${JSON.stringify(require.resolve('@grpc/grpc-js'))});
          const { leakgate } = require('leakgate');
          const own = { events: [] };
          test('connects to a server that traces it', async () => {
            const server = new Server();
            const port = await new Promise((done) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) => done(bound)));
            await leakgate.repeat(15, async () => {
              const client = new Client('127.0.0.1:' + port, credentials.createInsecure());
              await new Promise((done, fail) => client.waitForReady(Date.now() + 20_000, (error) => error ? fail(error) : done()));
              client.close();
            });
            server.forceShutdown();
          });
          test('fetches', async () => {
            const server = http.createServer((request, response) => response.setHeader('connection', 'close').end('ok'));
            await new Promise((done) => server.listen(0, '127.0.0.1', done));
            await leakgate.repeat(15, async () => {
              await (await fetch('http://127.0.0.1:' + server.address().port)).text();
            });
            server.closeAllConnections();
            server.close();
          });
          test('traces for itself', async () => {
            await leakgate.repeat(15, () => { own.events.push({ timestamp: new Date() }); });
          });`,
      },
      config: { moduleNameMapper: PACKAGE, testTimeout: 120_000 },
    });
    expect(
      [...tests].map(([name, { messages }]) => [name, /\S+`Date`|^.*Error.*$/m.exec(messages)?.[0] ?? '']),
    ).toEqual([
      ['connects to a server that traces it', ''],
      ['fetches', ''],
      ['traces for itself', expect.stringContaining('GrowthError')],
    ]);
  });

  it('only runs the scenario without the gate', async () => {
    const { tests } = await runJest({
      files: {
        'some.test.js': `
          const { leakgate } = require('leakgate');
          const kept = [];
          test('runs', async () => {
            await leakgate.repeat(12, async () => { kept.push({}); });
            expect(kept).toHaveLength(12);
          });`,
      },
      config: { moduleNameMapper: PACKAGE, testEnvironment: 'node' },
    });
    expect([...tests.values()].map(({ status }) => status)).toEqual(['passed']);
  });
});
