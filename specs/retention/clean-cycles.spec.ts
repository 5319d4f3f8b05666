import { beforeAll, describe, expect, it } from '@jest/globals';
import { findingsOf } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';

/**
 * By hand, a thousand of all three kinds, ten times in a row, which takes four minutes on two cores:
 * `WORKER_CYCLES=1000 npx jest specs/retention/clean-cycles.spec.ts`. So it passed on Node 20: none of 30,000 was retained.
 */
const RUNS = Number(process.env.CYCLE_RUNS ?? 10);
const CYCLES = Number(process.env.CYCLES ?? 1000);
const WORKER_CYCLES = Number(process.env.WORKER_CYCLES ?? 50);

/** A second for each worker is more than any needs; of the others hundreds fit into one. */
const MOST_MS = Math.max(60_000, WORKER_CYCLES * 1000, CYCLES * 100);

const GRPC = JSON.stringify(require.resolve('@grpc/grpc-js'));

const ECHO = `
const text = {
  requestSerialize: (value) => Buffer.from(value),
  requestDeserialize: (bytes) => bytes.toString(),
  responseSerialize: (value) => Buffer.from(value),
  responseDeserialize: (bytes) => bytes.toString(),
};
const say = (client, word) => new Promise((done, fail) => {
  client.makeUnaryRequest('/Echo/Say', text.requestSerialize, text.responseDeserialize, word, (error, answer) =>
    error === null ? done(answer) : fail(error));
});
exports.text = text;
exports.say = say;
`;

/** A call each would take half a minute: one in ten makes one, and the others are closed unused. */
const CLIENTS = `
const grpc = require(${GRPC});
const { text, say } = require('./echo');
let server, port;
beforeAll(async () => {
  server = new grpc.Server();
  server.addService({ say: { path: '/Echo/Say', requestStream: false, responseStream: false, ...text } }, {
    say: ({ request }, done) => done(null, request),
  });
  port = await new Promise((done) => server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_, bound) => done(bound)));
});
afterAll(() => server.forceShutdown());
test('opens and closes gRPC clients', async () => {
  for (let cycle = 0; cycle < ${CYCLES}; cycle++) {
    const client = new grpc.Client('127.0.0.1:' + port, grpc.credentials.createInsecure());
    if (cycle % 10 === 0) expect(await say(client, 'hello')).toBe('hello');
    client.close();
  }
}, ${MOST_MS});
`;

const SERVERS = `
const http = require('node:http');
test('opens and closes HTTP servers', async () => {
  for (let cycle = 0; cycle < ${CYCLES}; cycle++) {
    const server = http.createServer((request, response) => response.end('ok'));
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address();
    if (cycle % 10 === 0) {
      await new Promise((done, fail) => {
        http.get({ port, host: '127.0.0.1', agent: false }, (response) => response.resume().once('end', done)).once('error', fail);
      });
    }
    await new Promise((done) => server.close(done));
  }
}, ${MOST_MS});
`;

/** A thread takes about 20 ms to start and end: a thousand would take longer than all the rest, ten times. */
const WORKERS = `
const { Worker } = require('node:worker_threads');
test('starts and ends workers', async () => {
  for (let cycle = 0; cycle < ${WORKER_CYCLES}; cycle++) {
    const worker = new Worker('', { eval: true });
    await new Promise((done) => worker.once('exit', done));
  }
}, ${MOST_MS});
`;

/** The same as one of them, but for a list that keeps all: what is said of the others is not said of everything. */
const LISTED = `
const net = require('node:net');
const { list } = require('./list');
test('lists servers', async () => {
  for (let cycle = 0; cycle < ${CYCLES}; cycle++) {
    const server = net.createServer();
    list.add(server);
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    await new Promise((done) => server.close(done));
  }
}, ${MOST_MS});
`;

describe('a thousand correct cycles, ten times in a row', () => {
  let run: JestRun;

  beforeAll(
    async () => {
      const files: Record<string, string> = {
        'echo.js': ECHO,
        'list.js': 'exports.list = new Set();\n',
        'listed.test.js': LISTED,
      };
      for (let time = 1; time <= RUNS; time++) {
        files[`clients-${time}.test.js`] = CLIENTS;
        files[`servers-${time}.test.js`] = SERVERS;
        files[`workers-${time}.test.js`] = WORKERS;
      }
      run = await runJest({ files, args: ['--maxWorkers=2'] });
    },
    10 * RUNS * MOST_MS,
  );

  it('leave nothing that is still reachable, and no straggler', () => {
    const clean = findingsOf(run).filter(({ scope }) => !scope.file.endsWith('/listed.test.js'));
    expect(clean.map(({ message, scope }) => [scope.file, message])).toEqual([]);
    expect(run.reports.filter(({ tests, ownFailures }) => tests === 1 && ownFailures === 0)).toHaveLength(RUNS * 3 + 1);
    expect(run.reports.flatMap(({ probeFailures }) => probeFailures)).toEqual([]);
    expect(run.unfinished).toEqual([]);
  });

  it('would be told of a thousand that are listed', () => {
    const [finding, ...others] = findingsOf(run).filter(({ scope }) => scope.file.endsWith('/listed.test.js'));
    expect([finding?.kind, finding?.count, others.length]).toEqual(['retained', CYCLES, 0]);
    expect(finding?.message.split('\n')[1]).toBe('Remove them from `exports.list` when they are closed.');
  });
});
