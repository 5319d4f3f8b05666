import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

/** Work begun while the file loads goes on, out of any test's context, when a test gives the word. */
/** Jest calls what a set-up file exports, as nobody's code: what goes on from there has no lineage. */
const SETUP = `
const net = require('node:net');
const { EventEmitter, once } = require('node:events');
module.exports = () => {
  globalThis.bus = new EventEmitter();
  (async () => {
    await once(bus, 'go');
    const server = net.createServer();
    server.listen(0, '127.0.0.1', () => bus.emit('up'));
  })();
};
`;

const NOBODYS = `
const up = require('node:events').once(bus, 'up');
test.concurrent('gives the word', async () => { bus.emit('go'); await up; });
test.concurrent('runs at the same time', () => up);
`;

/** Node starts a stream that a server pushes without a context, at the client's end, too. */
const PUSHED = `
const http2 = require('node:http2');
const { once } = require('node:events');
const serve = async () => {
  const pushed = [];
  const server = http2.createServer().on('stream', (stream) => {
    stream.pushStream({ ':path': '/pushed' }, (_error, push) => {
      push.on('error', () => {}).respond();
      push.write('more to come');
      pushed.push(push);
    });
    stream.respond();
    stream.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, pushed, origin: 'http://127.0.0.1:' + server.address().port };
};
const ask = async (session) => {
  session.on('stream', (each) => each.resume());
  await once(session.request({ ':path': '/' }).resume(), 'close');
};
test.concurrent('leaves a pushed stream open', async () => {
  const { server, origin } = await serve();
  const session = http2.connect(origin); // line 24
  await ask(session);
  server.close();
});
test.concurrent('ends what it pushes', async () => {
  const { server, pushed, origin } = await serve();
  const session = http2.connect(origin);
  await ask(session);
  for (const each of pushed) each.end();
  session.close();
  await Promise.all([once(session, 'close'), new Promise((done) => server.close(done))]);
});
`;

const FOREIGN = `
const net = require('node:net');
describe('shared', () => {
  let server;
  beforeAll(async () => {
    server = net.createServer();
    await new Promise((done) => server.listen(0, '127.0.0.1', done)); // line 7
  });
  afterAll(() => new Promise((done) => server.close(() => done())));
  test('uses it', () => expect(server.listening).toBe(true));
  test('closes what is not its own', () => new Promise((done) => server.close(done)));
});
describe('own', () => {
  test('closes its own', async () => {
    const server = net.createServer();
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    await new Promise((done) => server.close(done));
  });
});
`;

const APP = `
exports.server = require('node:net').createServer().listen(0);
exports.stop = () => new Promise((done) => exports.server.close(done));
`;

const LOADED = `
const shared = require('./app');
afterAll(() => shared.stop());
describe('loads the application anew', () => {
  let app;
  beforeEach(() => { jest.resetModules(); app = require('./app'); });
  afterEach(() => app.stop());
  test('for each test', () => expect(app.server.listening).toBe(true));
  test('and again', () => expect(app.server).not.toBe(shared.server));
});
test('loads it in isolation', async () => {
  let app;
  jest.isolateModules(() => { app = require('./app'); });
  await app.stop();
});
test('stops what its file has loaded', () => shared.stop());
`;

/** Two servers that their suites own are closed and opened again by a test; one suite forgets its server. */
const RESTARTED = `
const net = require('node:net');
const { once } = require('node:events');
const listen = async (server, port = 0) => { await once(server.listen(port, '127.0.0.1'), 'listening'); };
const restart = async (server) => {
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  await listen(server, port);
};
describe('careful', () => {
  const server = net.createServer();
  beforeAll(() => listen(server));
  afterAll((done) => { server.close(done); });
  test('restarts by a function', () => restart(server));
  test('restarts', async () => {
    await new Promise((done) => server.close(done));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  test('still has it', () => { expect(server.listening).toBe(true); });
});
describe('careless', () => {
  const server = net.createServer();
  beforeAll(() => listen(server));
  test('restarts', async () => {
    await new Promise((done) => server.close(done));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
});
describe('hostile', () => {
  const server = net.createServer();
  beforeAll(() => listen(server));
  test('restarts', () => restart(server));
  test('closes', (done) => { server.close(done); });
});
`;

/** Between the first test and the second the gate waits a turn, in which a pooled connection becomes free; it is closed in the second. */
const RECONNECTS = `
const http = require('node:http');
const { once } = require('node:events');
const server = http.createServer((request, response) => response.end('ok'));
const listen = async (port) => { await once(server.listen(port, '127.0.0.1'), 'listening'); };
const ask = async () => (await fetch('http://127.0.0.1:' + server.address().port)).text();
beforeAll(() => listen(0));
afterAll((done) => {
  server.closeAllConnections();
  server.close(done);
});
test('asks', async () => { expect(await ask()).toBe('ok'); });
test('restarts the server', async () => {
  const { port } = server.address();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await listen(port);
});
test('asks at once', async () => { expect(await ask()).toBe('ok'); });
`;

/** No event emitter, and its socket is nobody's to see: when it was made cannot be told. */
const PRIVATE = `
const net = require('node:net');
const { once } = require('node:events');
let server;
beforeAll(async () => { server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1'); await once(server, 'listening'); });
afterAll(() => { server.close(); });
class Client {
  #socket;
  async use() {
    this.#socket ??= net.connect(server.address().port, '127.0.0.1');
    if (this.#socket.connecting) await once(this.#socket, 'connect');
  }
  close() { this.#socket?.destroy(); }
}
describe('shared and closed', () => {
  const client = new Client();
  afterAll(() => client.close());
  test('connects', () => client.use());
  test('uses it again', () => client.use());
});
describe('shared and forgotten', () => {
  const client = new Client();
  test('connects', () => client.use());
  test('uses it again', () => client.use());
});
describe('own', () => {
  test('connects', async () => { await once(net.connect(server.address().port, '127.0.0.1'), 'connect'); });
});
`;

const KEPT_ELSEWHERE = 'If what keeps it was made outside of this test, close that where it was made.';

describe('blame', () => {
  let concurrent: JestRun;
  let foreign: JestRun;
  let hidden: JestRun;
  let restarted: JestRun;
  const foundIn = (name: string, run = concurrent) =>
    findingsOf(run).filter(({ scope }) => scope.file.endsWith(`${name}.test.js`));
  const failedIn = (name: string): readonly string[] =>
    [...foreign.tests].flatMap(([title, { status, file }]) =>
      status === 'failed' && file === `${name}.test.js` ? [title] : [],
    );

  beforeAll(async () => {
    [concurrent, foreign, hidden, restarted] = await Promise.all([
      runJest({
        files: { 'nobodys.test.js': NOBODYS, 'pushed.test.js': PUSHED, 'setup.js': SETUP },
        config: { setupFilesAfterEnv: ['<rootDir>/setup.js'] },
      }),
      runJest({ files: { 'foreign.test.js': FOREIGN, 'loaded.test.js': LOADED, 'app.js': APP } }),
      runJest({ files: { 'private.test.js': PRIVATE }, env: { LEAKGATE_MOST_HEAP_BYTES: '1' } }),
      runJest({ files: { 'restarted.test.js': RESTARTED, 'reconnects.test.js': RECONNECTS } }),
    ]);
  });

  it('blames none of the tests that ran at once when nothing but time connects them with a leak', () => {
    const found = foundIn('nobodys').map(({ kind, owner, scope, root }) => [kind, owner, scope.kind, root.kind]);
    expect(found).toEqual([['unproven', 'overlap', 'file', 'tcp-server']]);
    const tests = [...concurrent.tests.values()].filter(({ file }) => file === 'nobodys.test.js');
    expect(tests.map(({ status }) => status)).toEqual(['passed', 'passed']);
    expect(concurrent.output).toContain('which of them did it cannot be proved');
    expect(concurrent.code).toBe(1);
  });

  it('has a session answer for what was pushed over it', () => {
    const found = foundIn('pushed').map(({ kind, scope, root, openedAt }) => [
      kind,
      scope.path[0],
      root.kind,
      openedAt?.line,
    ]);
    expect(found).toEqual([['leak', 'leaves a pushed stream open', 'http2-client-session', 24]]);
  });

  it('fails the test that closes what its suite had opened, and says where that was', () => {
    const found = foundIn('foreign', foreign).map(({ kind, openedAt }) => [kind, openedAt?.line]);
    expect(found).toEqual([['foreign-close', 7]]);
    expect(failedIn('foreign')).toEqual(['shared closes what is not its own']);
    expect(foreign.output).toMatch(
      /A TCP server on \S+ was closed in this test, but was opened in the `beforeAll` of suite "shared"/,
    );
  });

  it('lets a test close what a module has opened that it loaded itself', () => {
    expect(foundIn('loaded', foreign).map(({ kind, openedAt }) => [kind, openedAt?.line])).toEqual([
      ['foreign-close', 2],
    ]);
    expect(failedIn('loaded')).toEqual(['stops what its file has loaded']);
  });

  it('takes a server that a test has closed and opened again for the one it was, and its suite’s', () => {
    const found = findingsOf(restarted).map(({ kind, scope }) => [kind, scope.kind, scope.path.join(' ')]);
    expect(found).toEqual([
      ['leak', 'suite', 'careless'],
      ['foreign-close', 'suite', 'hostile'],
    ]);
    const failed = [...restarted.tests].filter(([, { status }]) => status === 'failed').map(([name]) => name);
    expect(failed).toContain('hostile closes');
    expect(failed.filter((name) => name.startsWith('careful'))).toEqual([]);
    // Clients hear of the restart before the next test asks anything.
    expect(restarted.tests.get('asks at once')).toMatchObject({ status: 'passed', messages: '' });
  });

  it('says what else it may be where something may keep it for others, and the heap is too large to be asked', () => {
    const found = findingsOf(hidden).map(({ scope, message }) => [
      scope.path.join(' '),
      message.split('\n').includes(KEPT_ELSEWHERE),
    ]);
    expect(found.sort()).toEqual([
      ['own connects', false],
      ['shared and forgotten connects', true],
    ]);
  });
});
