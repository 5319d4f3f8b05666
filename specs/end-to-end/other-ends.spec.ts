import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

const WS = JSON.stringify(join(__dirname, '../../node_modules/ws'));

/** Servers that list whom they have accepted, as servers do, and tests that connect to them by a function of their own. */
const HUB = `
const net = require('node:net');
const { EventEmitter, once } = require('node:events');
const { WebSocket, WebSocketServer } = require(${WS});
class Hub extends EventEmitter {
  clients = new Set();
  server = net.createServer((socket) => {
    this.clients.add(socket);
    socket.on('error', () => {}).on('close', () => this.clients.delete(socket)).resume();
  });
  async open() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }
  close() { this.server.close(); }
}
let hub, wss;
beforeAll(async () => {
  hub = await new Hub().open();
  wss = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(wss, 'listening');
});
afterAll(() => { hub.close(); wss.close(); });

test('leaves a connection to it', async () => { (await join()).destroy(); (await dial()).terminate(); });
test('leaks a connection to it', async () => { await join(); });
const join = async () => {
  const socket = net.connect(hub.server.address().port, '127.0.0.1'); // opens
  await once(socket, 'connect');
  return socket;
};
test('leaks a WebSocket to it', async () => { await dial(); });
const dial = async () => {
  const socket = new WebSocket('ws://127.0.0.1:' + wss.address().port); // opens
  await once(socket, 'open');
  return socket;
};
`;

/** After an abort Node's fetch may connect anew at once: what the next test leaves goes over a connection of this one's. */
const STREAMS = `
const http = require('node:http');
const { once } = require('node:events');
let server, url;
beforeAll(async () => {
  server = http.createServer((_request, response) => { response.write('one'); });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = 'http://127.0.0.1:' + server.address().port;
});
afterAll(() => { server.close(); });
test('aborts what it reads', async () => {
  const stopping = new AbortController();
  const { body } = await fetch(url, { signal: stopping.signal });
  const reader = body.getReader();
  await reader.read();
  stopping.abort();
  await reader.read().catch(() => {});
});
test('leaks what it reads', async () => {
  const { body } = await fetch(url); // opens
  await body.getReader().read();
});
`;

/** A process that something keeps up is ended, and says so. */
const TEARDOWN = `
const { writeSync } = require('node:fs');
const end = () => { writeSync(2, 'something keeps the run up'); process.exit(); };
module.exports = () => { setTimeout(end, 3_000).unref(); };`;

describe('a request that is left open', () => {
  it('keeps the run up by neither of its ends, whichever test has opened the connection', async () => {
    const files = { 'streams.test.js': STREAMS };
    const run = await runJest({
      files: { ...files, 'teardown.js': TEARDOWN },
      config: { globalTeardown: '<rootDir>/teardown.js' },
    });
    expectClaims(run, files);
    expect(run.output).not.toContain('something keeps the run up');
  });
});

describe('a server of the suite that knows whom it has accepted', () => {
  let run: JestRun;
  const files = { 'hub.test.js': HUB };
  beforeAll(async () => {
    run = await runJest({ files, config: { testEnvironmentOptions: { leakgate: { graceMs: 50 } } } });
  });

  it('answers for no connection that a test has made to it', () => {
    expectClaims(run, files);
    expect(findingsOf(run).map(({ scope }) => scope.kind)).toEqual(['test', 'test']);
  });
});
