import { describe, expect, it, jest } from '@jest/globals';
import type { Thing } from '../../harness/model/resource';
import { runJest } from '../end-to-end/jest-project';

jest.setTimeout(120_000);

const GRPC = JSON.stringify(require.resolve('@grpc/grpc-js'));

const QUICK = { testEnvironmentOptions: { leakgate: { graceMs: 50 } } };

/** The books are swept when a scope has opened so many things. */
const SWEPT_AT = 256;
/** So many things at most are opened from a client's making to its connection. */
const OPENED = 40;

/** Arms so many timers, all of which are cleared: what comes next falls into a sweep. */
const FILL = `
const { Client, credentials, Server, ServerCredentials } = require(${GRPC});
const fill = (count) => Array.from({ length: count }, () => setTimeout(() => {}, 60_000));
const clear = (timers) => timers.forEach((timer) => clearTimeout(timer));
`;

const CLIENTS = `${FILL}
const server = new Server();
let port;
beforeAll(() => new Promise((done) => {
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => { port = bound; done(); });
}));
afterAll(() => server.forceShutdown());
const counts = Array.from({ length: ${OPENED} }, (_, at) => ${SWEPT_AT} - at);
test.each(counts)('leaks a client after %i timers', async (count) => {
  const timers = fill(count);
  const client = new Client('127.0.0.1:' + port, credentials.createInsecure(), { only: count });
  expect(await new Promise((done) => client.waitForReady(Date.now() + 20_000, done))).toBeUndefined();
  clear(timers);
});
`;

const SERVER = `${FILL}
test('leaks a server that is bound while many timers are armed', async () => {
  const server = new Server();
  const bound = new Promise((done) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), done));
  const timers = fill(${SWEPT_AT * 2});
  expect(await bound).toBeNull();
  clear(timers);
});
test('asks for a port in vain', async () => {
  const server = new Server();
  const error = await new Promise((done) => server.bindAsync('1.2.3.4:1', ServerCredentials.createInsecure(), done));
  expect(error).toBeInstanceOf(Error);
});
`;

const CLOSED = `${FILL}
const server = new Server();
let port;
beforeAll(() => new Promise((done) => {
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => { port = bound; done(); });
}));
afterAll(() => server.forceShutdown());
test('closes many clients, and the last of them in the tick of its first use', () => {
  for (let each = 0; each < 200; each++) new Client('127.0.0.1:' + port, credentials.createInsecure()).close();
  const client = new Client('127.0.0.1:' + port, credentials.createInsecure());
  client.getChannel().getConnectivityState(true);
  client.close(); // closes
});
`;

const kindsIn = ({ kind, owns }: Thing): string[] => [kind, ...owns.flatMap(kindsIn)];

describe('the line of a close', () => {
  it('is known of the last of many', async () => {
    const { reports } = await runJest({ files: { 'closed.test.js': CLOSED }, config: QUICK });
    const closes = 1 + CLOSED.split('\n').findIndex((line) => line.endsWith('// closes'));
    const found = reports.flatMap(({ findings }) => findings.map(({ closedAt, count }) => [closedAt?.line, count]));
    expect(found).toEqual([[closes, 1]]);
  });
});

describe('a sweep of the books', () => {
  it('loses no part of a client, whenever it comes', async () => {
    const { reports } = await runJest({ files: { 'clients.test.js': CLIENTS }, config: QUICK });
    const trees = reports.flatMap(({ findings }) => findings.map(({ root }) => kindsIn(root).slice(0, 3).join(' ')));
    expect(new Set(trees)).toEqual(new Set(['grpc-channel grpc-load-balancer grpc-subchannel']));
    expect(trees).toHaveLength(OPENED);
  });

  it('takes no server for gone whose port is not bound yet, and one for gone that has asked for a port in vain', async () => {
    const { reports, tests } = await runJest({ files: { 'server.test.js': SERVER }, config: QUICK });
    const found = reports.flatMap(({ findings }) => findings.map(({ root, openedAt }) => [root.kind, openedAt?.line]));
    expect(found).toEqual([['grpc-server', 8]]);
    expect(tests.get('asks for a port in vain')?.status).toBe('passed');
  });
});
