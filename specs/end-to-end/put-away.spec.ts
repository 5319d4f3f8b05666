import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

const GRPC = JSON.stringify(join(__dirname, '../../node_modules/@grpc/grpc-js'));
const OLD = JSON.stringify(join(__dirname, '../../node_modules/grpc-js-1.8.4'));

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

/** Two channels go by one connection, of which one is forgotten. */
const SHARED = (version: string, grpc: string): string => `
const { Client, credentials, Server, ServerCredentials } = require(${grpc});
const server = new Server();
const asIs = (bytes) => bytes;
const say = { path: '/a/Say', requestStream: false, responseStream: false, requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs };
server.addService({ say }, { say: ({ request }, answer) => answer(null, request) });
const bound = new Promise((done) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, port) => done(port)));
bound.then(() => server.start());
afterAll(() => server.forceShutdown());
const target = bound.then((port) => '127.0.0.1:' + port);
const call = (client) => new Promise((done, fail) =>
  client.makeUnaryRequest(say.path, asIs, asIs, Buffer.from('hello'), (error, said) => (error ? fail(error) : done(String(said)))),
);
let forgotten;
test.concurrent('forgets one of two (${version})', async () => {
  forgotten = new Client(await target, credentials.createInsecure()); // line 16
  await call(forgotten);
});
test.concurrent('goes on by the same connection (${version})', async () => {
  const client = new Client(await target, credentials.createInsecure());
  await call(client);
  while (forgotten.getChannel().getConnectivityState(false) !== 4) await new Promise((done) => setTimeout(done, 1));
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
  expect(await call(client)).toBe('hello');
  client.close();
});
test('connects again (${version})', async () => {
  const client = new Client(await target, credentials.createInsecure());
  expect(await call(client)).toBe('hello');
  client.close();
});
`;

/** A second after its client was closed 1.8 brings a channel back: the next call would be picked for ever, in one tick. */
const BACK = `
const { Client, credentials, Server, ServerCredentials } = require(${OLD});
const server = new Server();
const bound = new Promise((done) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, port) => done(port)));
bound.then(() => server.start());
afterAll(() => server.forceShutdown());
let client;
test('forgets a client of 1.8', async () => {
  client = new Client('127.0.0.1:' + (await bound), credentials.createInsecure()); // line 9
  await new Promise((done) => client.waitForReady(Date.now() + 20_000, done));
});
test('finds it closed for good', async () => {
  await new Promise((done) => setTimeout(done, 1_200));
  expect(client.getChannel().getConnectivityState(false)).toBe(4);
});
`;

/** `fs` has one watcher for a path, and gives it to everybody who watches that: a dead one, if it was not told. */
const WATCHED = `
const { unwatchFile, utimesSync, watchFile } = require('node:fs');
const path = require('node:path').join(__dirname, 'watched.txt');
test('forgets to unwatch', () => {
  watchFile(path, { interval: 20 }, () => {}); // line 5
});
test('watches the same file', async () => {
  let seconds = 0;
  const touching = setInterval(() => utimesSync(path, ++seconds, seconds), 30);
  await new Promise((heard) => watchFile(path, { interval: 20 }, heard));
  clearInterval(touching);
  unwatchFile(path);
});
`;

describe('what was reported and put away', () => {
  let run: JestRun;
  const found = (file: string): unknown[] =>
    findingsOf(run).flatMap(({ scope, kind, openedAt, root }) =>
      scope.file.endsWith(file) ? [[scope.path.join(), kind, root.kind, openedAt?.line]] : [],
    );

  beforeAll(async () => {
    const files = {
      'listener.test.js': LISTENER,
      'news.test.js': NEWS,
      'shared-newest.test.js': SHARED('newest', GRPC),
      'shared-1.8.test.js': SHARED('1.8', OLD),
      'back.test.js': BACK,
      'watched.test.js': WATCHED,
      'watched.txt': '',
    };
    run = await runJest({ files, args: ['--forceExit'] });
  });

  it("lays what its closing has led to at nobody's door", () => {
    expect(found('listener.test.js')).toEqual([['forgets a server', 'leak', 'tcp-server', 9]]);
  });

  it('answers for what it goes on to make', () => {
    expect(found('news.test.js')).toEqual([['forgets a channel', 'leak', 'grpc-channel', 17]]);
  });

  it('closes a channel for good', () => {
    expect(found('back.test.js')).toEqual([['forgets a client of 1.8', 'leak', 'grpc-channel', 9]]);
  });

  it('stands in the way of nobody who watches the same file', () => {
    expect(found('watched.test.js')).toEqual([['forgets to unwatch', 'leak', 'stat-watcher', 5]]);
  });

  it.each(['newest', '1.8'])('leaves to others the connection they go by (grpc-js %s)', (version) => {
    const tests = [...run.tests].filter(([, { file }]) => file === `shared-${version}.test.js`);
    expect(tests.map(([name, { status }]) => `${name}: ${status}`).sort()).toEqual([
      `connects again (${version}): passed`,
      `forgets one of two (${version}): failed`,
      `goes on by the same connection (${version}): passed`,
    ]);
    const forgotten = [`forgets one of two (${version})`, 'leak', 'grpc-channel', 16];
    expect(found(`shared-${version}.test.js`)).toEqual([forgotten]);
  });

  it('fails no other test', () => {
    const tests = [...run.tests].filter(([, { file }]) => !file.startsWith('shared'));
    expect(tests.map(([name, { status }]) => `${name}: ${status}`).sort()).toEqual([
      'finds it closed for good: passed',
      'forgets a channel: failed',
      'forgets a client of 1.8: failed',
      'forgets a server: failed',
      'forgets to unwatch: failed',
      'has news: passed',
      'waits until it is closed: passed',
      'watches the same file: passed',
    ]);
  });
});
