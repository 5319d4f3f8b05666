import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

const GRPC = JSON.stringify(join(__dirname, '../../node_modules/@grpc/grpc-js'));

/** The gate closes what the first test leaves: what its listener does then, and later on, is no doing of the second one's. */
const LISTENER = `
const net = require('node:net');
const { once, EventEmitter } = require('node:events');
const closed = new EventEmitter();
const whenClosed = once(closed, 'closed');
test('forgets a server', async () => {
  const server = net.createServer();
  server.once('close', () => setImmediate(() => { setInterval(() => {}, 60_000); closed.emit('closed'); }));
  server.listen(0, '127.0.0.1'); // line 9
  await once(server, 'listening');
});
test('waits until it is closed', async () => { await whenClosed; });
`;

/** The gate closes the channel. News comes all the same, in the context of the test that has made it, and has it make another policy. */
const NEWS = `
const { Client, credentials, experimental } = require(${GRPC});
const told = [];
class Resolver {
  constructor(_target, listener) { this.listener = listener; told.push(this); }
  static getDefaultAuthority() { return 'localhost'; }
  updateResolution() {}
  tell() {
    const { statusOrFromValue: ok } = experimental;
    this.listener(ok([{ addresses: [{ host: '127.0.0.1', port: 1 }] }]), {}, ok({ methodConfig: [], loadBalancingConfig: [{ round_robin: {} }] }), '');
  }
  destroy() {}
}
experimental.registerResolver('told', Resolver);
let tell;
test('forgets a channel', () => {
  const client = new Client('told:it', credentials.createInsecure()); // line 17
  client.getChannel().getConnectivityState(true);
  const { AsyncResource } = require('node:async_hooks');
  tell = AsyncResource.bind(() => told[0].tell());
});
test('has news', () => tell());
`;

describe('what was reported and put away', () => {
  let run: JestRun;
  const found = (file: string): unknown[] =>
    findingsOf(run).flatMap(({ scope, kind, openedAt, root }) =>
      scope.file.endsWith(file) ? [[scope.path.join(), kind, root.kind, openedAt?.line]] : [],
    );

  beforeAll(async () => {
    run = await runJest({ files: { 'listener.test.js': LISTENER, 'news.test.js': NEWS }, args: ['--forceExit'] });
  });

  it("lays what its closing has led to at nobody's door", () => {
    expect(found('listener.test.js')).toEqual([['forgets a server', 'leak', 'tcp-server', 9]]);
  });

  it('answers for what it goes on to make', () => {
    expect(found('news.test.js')).toEqual([['forgets a channel', 'leak', 'grpc-channel', 17]]);
  });

  it('fails no other test', () => {
    expect([...run.tests].map(([name, { status }]) => `${name}: ${status}`).sort()).toEqual([
      'forgets a channel: failed',
      'forgets a server: failed',
      'has news: passed',
      'waits until it is closed: passed',
    ]);
  });
});
