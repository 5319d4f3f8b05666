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
