import { beforeAll, describe, expect, it } from '@jest/globals';
import { drawPath } from '../../harness/model/retainer-path';
import { expectClaims, findingsOf } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';

/** An application's modules, which know more of its resources than they ought to. */
const APPLICATION = {
  'src/registry.js': `
const connections = new Set();
const servers = [];
let last;
exports.noteConnection = (connection) => { connections.add(connection); };
exports.forgetConnection = (connection) => { connections.delete(connection); };
exports.noteServer = (server) => { servers.push(server); };
exports.noteLast = (resource) => { last = resource; };
exports.lastOne = () => last;
`,
  'src/bus.js': `
const { EventEmitter } = require('node:events');
exports.bus = new EventEmitter();
`,
  'src/clients.js': `
class Directory {
  clients = new Map();
}
exports.directory = new Directory();
`,
};

const START = `
const net = require('node:net');
const { once } = require('node:events');
const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
const close = (server) => new Promise((done) => server.close(done));
const ended = (socket) => new Promise((done) => socket.once('close', done));
`;

const FILES = {
  ...APPLICATION,
  'connections.test.js': `${START}
const { noteConnection, forgetConnection } = require('./src/registry');
let server, port;
beforeAll(async () => {
  server = net.createServer((socket) => socket.resume());
  port = await listen(server);
});
afterAll(() => close(server));
test('leaks a connection that is listed', async () => {
  const socket = net.connect(port, '127.0.0.1'); // opens
  noteConnection(socket);
  socket.end();
  await ended(socket);
});
test('takes its connection off the list', async () => {
  const socket = net.connect(port, '127.0.0.1');
  noteConnection(socket);
  socket.end();
  await ended(socket);
  forgetConnection(socket);
});
`,
  'servers.test.js': `${START}
const { noteServer } = require('./src/registry');
test('leaks the first of a growing array', async () => {
  const server = net.createServer();
  noteServer(server);
  server.listen(0, '127.0.0.1'); // opens
  await once(server, 'listening');
  await close(server);
});
test('leaks the second', async () => {
  const server = net.createServer();
  noteServer(server);
  server.listen(0, '127.0.0.1'); // opens
  await once(server, 'listening');
  await close(server);
});
`,
  'one-server.test.js': `${START}
const { noteServer } = require('./src/registry');
test('keeps a list of one, which may be all there ever is', async () => {
  const server = net.createServer();
  noteServer(server);
  await listen(server);
  await close(server);
});
`,
  'clients.test.js': `
const { Client, credentials } = require(${JSON.stringify(require.resolve('@grpc/grpc-js'))});
const { directory } = require('./src/clients');
test('leaks closed clients', () => {
  for (let index = 0; index < 20; index++) {
    const client = new Client('127.0.0.1:1', credentials.createInsecure()); // opens
    directory.clients.set('user-service:' + index, client);
    client.close();
  }
});
test('closes a client', () => {
  new Client('127.0.0.1:1', credentials.createInsecure()).close();
});
`,
  'workers.test.js': `
const { Worker } = require('node:worker_threads');
const { noteConnection, forgetConnection } = require('./src/registry');
test('leaks a worker that is listed', async () => {
  const worker = new Worker('', { eval: true }); // opens
  noteConnection(worker);
  await new Promise((done) => worker.once('exit', done));
});
test('forgets its worker', async () => {
  const worker = new Worker('', { eval: true });
  noteConnection(worker);
  await new Promise((done) => worker.once('exit', done));
  forgetConnection(worker);
});
`,
  'others.test.js': `
const child = require('node:child_process');
const dgram = require('node:dgram');
const fs = require('node:fs');
const http = require('node:http');
const { MessageChannel } = require('node:worker_threads');
const { once } = require('node:events');
const { noteConnection, forgetConnection } = require('./src/registry');
let server;
beforeAll(async () => {
  server = http.createServer((request, response) => response.setHeader('connection', 'close').end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
});
const closed = async (thing) => {
  thing.close();
  await once(thing, 'close');
};
const answered = async (request) => {
  const [response] = await once(request, 'response');
  await once(response.resume(), 'close');
};
const get = () => ({ host: '127.0.0.1', port: server.address().port, agent: false });
${[
  ['child process', `child.spawn(process.execPath, ['-e', ''])`, `await once(thing, 'close');`],
  ['watcher', 'fs.watch(__filename)', 'await closed(thing);'],
  ['UDP socket', `dgram.createSocket('udp4').bind(0)`, 'await closed(thing);'],
  ['message port', 'new MessageChannel().port1', 'await closed(thing);'],
  ['request', 'http.get(get())', 'await answered(thing);'],
]
  .map(
    ([noun, opened, close]) => `
test('leaks a ${noun} that is listed', async () => {
  const thing = ${opened}; // opens
  noteConnection(thing);
  ${close}
});
test('forgets its ${noun}', async () => {
  const thing = ${opened};
  noteConnection(thing);
  ${close}
  forgetConnection(thing);
});`,
  )
  .join('')}
`,
  'named.test.js': `${START}
const { noteLast, lastOne } = require('./src/registry');
let server, sockets = [];
describe('what a variable names', () => {
  let inner;
  beforeEach(async () => {
    server = inner = net.createServer();
    await listen(server);
  });
  afterEach(() => close(inner));
  test('is the test file\\'s own', async () => {
    const socket = net.connect(server.address().port, '127.0.0.1');
    sockets.push(socket);
    socket.destroy();
    await ended(socket);
  });
  test('is the last one of a module', async () => {
    noteLast(server);
    expect(lastOne()).toBe(server);
  });
});
`,
  'observed.test.js': `${START}
const observe = jest.fn();
test('passes what it closes to a mock, a spy and the console', async () => {
  const server = net.createServer();
  observe(server);
  const spy = jest.spyOn(server, 'close');
  await listen(server);
  await close(server);
  expect(spy).toHaveBeenCalledTimes(1);
  expect(observe).toHaveBeenCalledWith(server);
  console.log(server);
});
test('leaves a part of itself suspended for ever', async () => {
  const server = net.createServer();
  await listen(server);
  await close(server);
  void (async () => {
    await new Promise(() => {});
    server.ref();
  })();
});
test('makes an error whose stack nobody reads', async () => {
  const server = net.createServer();
  globalThis.noted = (function () { return new Error('noted'); }).call(server);
  await listen(server);
  await close(server);
});
`,
  'again.test.js': `${START}
const { noteConnection } = require('./src/registry');
const server = net.createServer();
noteConnection(server);
test('opens a server of the module', async () => {
  await listen(server);
  await close(server);
});
test('opens it again', async () => {
  await listen(server);
  await close(server);
});
`,
};

/** In a process of its own: whether much is held is told by what is in use before, and other files' garbage is that, too. */
const BUS = {
  ...APPLICATION,
  'bus.test.js': `
const { EventEmitter } = require('node:events');
const { bus } = require('./src/bus');
const own = new EventEmitter();
const large = () => Buffer.alloc(5_000_000, 1);
test('leaks what a listener on the bus sees', () => {
  const bytes = large();
  bus.on('config', () => bytes.length); // opens
});
test('takes such a listener off', () => {
  const bytes = large();
  const listener = () => bytes.length;
  bus.on('config', listener);
  bus.off('config', listener);
});
test('leaves one that holds next to nothing', () => {
  bus.on('config', jest.fn());
});
test('leaves one on an emitter of its own', () => {
  const bytes = large();
  own.on('config', () => bytes.length);
});
`,
};

describe('what was closed and is still reachable', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files: FILES, args: ['--maxWorkers=2'] });
  }, 180_000);

  const findings = (file: string) => findingsOf(run).filter(({ scope }) => scope.file.endsWith(`/${file}`));

  it('is a finding of the test that opened it, and nothing else is', () => {
    expectClaims(run, FILES);
    expect(findingsOf(run).map(({ kind }) => kind)).toEqual(findingsOf(run).map(() => 'retained'));
    expect(run.unfinished).toEqual([]);
    expect(run.reports.flatMap(({ probeFailures }) => probeFailures)).toEqual([]);
  });

  it('is told with the path that holds it and the link to cut', () => {
    const [finding] = findings('connections.test.js');
    expect(finding?.message).toBe(
      'A TCP connection was closed in this test, yet is still reachable.\nRemove it from `connections` when it is closed.',
    );
    expect(drawPath(finding?.path as never)).toMatch(
      /^module src\/registry\.js\n└─ connections : Set \(\d members?\)\n {3}└─ \[ member \] → Socket {6}← should be gone; /,
    );
    expect(run.tests.get('leaks a connection that is listed')?.messages).toContain('└─ connections : Set (');
  });

  it('is one finding with a count, however many are held the same way', () => {
    const [finding] = findings('clients.test.js');
    expect([finding?.root.kind, finding?.count, finding?.path?.alike]).toEqual(['grpc-channel', 20, 20]);
    expect(finding?.message.split('\n')).toEqual([
      '20 gRPC client channels, one of them a gRPC client channel to 127.0.0.1:1, were closed in this test, yet are still reachable.',
      'Remove them from `Directory.clients` when they are closed.',
    ]);
  });

  it('has a fingerprint of the path, the same for both tests that fill one list', () => {
    const [first, second] = findings('servers.test.js');
    expect(first?.fingerprint).toMatch(/^[0-9a-f]{12}$/);
    expect(second?.fingerprint).toBe(first?.fingerprint);
    expect(findings('connections.test.js')[0]?.fingerprint).not.toBe(first?.fingerprint);
  });

  it('is told of a listener on the application’s own emitter that holds much, at the line where it was written', async () => {
    const buses = await runJest({ files: BUS });
    expectClaims(buses, BUS);
    expect(findingsOf(buses).map(({ message }) => message)).toEqual([
      'A listener for "config" should be gone by now, yet is still reachable.\n' +
        "Remove it with the emitter's `off('config', listener)`.",
    ]);
  }, 60_000);
});
