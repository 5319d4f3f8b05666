import { once } from 'node:events';
import http from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { expectClaims, findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

const CONFIG = {
  testEnvironment: resolve(__dirname, '../../dist/runners/jest-jsdom.js'),
  testEnvironmentOptions: { leakgate: { graceMs: 50 } },
};

const SIGNALS = `
const shutdown = new AbortController();
test('leaks a listener on a signal from outside', () => {
  shutdown.signal.addEventListener('abort', () => {}); // opens
});
test('leaks an onabort on a signal from outside', () => {
  shutdown.signal.onabort = () => {}; // opens
});
test('takes both off', () => {
  const stop = () => {};
  shutdown.signal.addEventListener('abort', stop);
  shutdown.signal.removeEventListener('abort', stop);
  shutdown.signal.onabort = stop;
  expect(shutdown.signal.onabort).toBe(stop);
  shutdown.signal.onabort = null;
});
test('has a signal of its own', () => {
  const { signal } = new AbortController();
  signal.addEventListener('abort', () => {});
  signal.onabort = () => {};
});
test('leaks a listener on a signal that will time out', () => {
  AbortSignal.timeout(60_000).addEventListener('abort', () => {}); // opens
});
test('lets a signal time out that nobody listens to', () => {
  expect(AbortSignal.timeout(60_000).aborted).toBe(false);
});
test('waits for a signal to time out', async () => {
  const signal = AbortSignal.timeout(5);
  await new Promise((done) => signal.addEventListener('abort', done));
});
`;

const PAGE = `
test('listens to its page', () => {
  window.addEventListener('resize', () => {});
  window.addEventListener('load', () => {}, { once: true });
  window.addEventListener('click', () => {}, { signal: new AbortController().signal });
  document.body.addEventListener('click', () => {});
  window.onhashchange = () => {};
});
test('changes its page', async () => {
  const changed = new Promise((done) => new MutationObserver(done).observe(document.body, { childList: true }));
  document.body.innerHTML = '<p>text</p>';
  await changed;
  const received = new Promise((done) => window.addEventListener('message', done, { once: true }));
  window.postMessage('text', '*');
  await received;
});
test('draws a frame', async () => {
  await new Promise((done) => requestAnimationFrame(done));
  cancelAnimationFrame(requestAnimationFrame(() => {}));
});
test('leaks an animation that never ends', () => {
  requestAnimationFrame(function draw() { requestAnimationFrame(draw); }); // opens
});
test('draws a frame beside it', async () => {
  await new Promise((done) => requestAnimationFrame(done));
});
test('leaks a timeout of the page', () => {
  setTimeout(() => {}, 60_000); // opens
});
test('leaks an interval of the page', () => {
  window.setInterval(() => {}, 500); // opens
});
test('leaks an interval of the page that goes round', async () => {
  setInterval(() => {}, 5); // opens
  await new Promise((done) => setTimeout(done, 20));
});
describe('a shared poller of the page', () => {
  class Poller {
    start() {
      this.timer ??= setInterval(() => {}, 5);
    }
    stop() {
      clearInterval(this.timer);
    }
  }
  let poller;
  beforeAll(() => { poller = new Poller(); });
  afterAll(() => poller.stop());
  test('is started by who needs it first', async () => {
    poller.start();
    await new Promise((done) => setTimeout(done, 20));
  });
  test('is there for the next', () => poller.start());
});
test('mocks an answer that never comes', () => {
  setTimeout(() => {}, 2 ** 31 - 1);
});
test('clears an interval of the page', () => {
  window.clearInterval(window.setInterval(() => {}, 500));
});
test('leaks a listener on the process', () => {
  process.on('SIGUSR2', () => {}); // opens
});
`;

const NETWORK = `
const connected = (socket) => new Promise((done) => { socket.onopen = socket.onerror = socket.onclose = done; });
test('meets a web socket that cannot be opened', async () => {
  await connected(new WebSocket('ws://127.0.0.1:1'));
});
test('leaks a web socket of the page', async () => {
  const socket = new WebSocket('ws://127.0.0.1:' + process.env.SILENT); // opens
  expect(socket).toBeInstanceOf(WebSocket);
  await new Promise((done) => setTimeout(done, 20));
});
test('leaks a request of the page', async () => {
  const request = new XMLHttpRequest();
  request.open('GET', 'http://127.0.0.1:' + process.env.SILENT);
  request.send(); // opens
  await new Promise((done) => setTimeout(done, 20));
});
test('reads the answer to a request of the page', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const request = new XMLHttpRequest();
    const answered = new Promise((done) => { request.onload = done; });
    request.open('GET', 'http://' + host + ':' + process.env.ANSWERS);
    request.setRequestHeader('x-asked', 'beforehand');
    request.send();
    await answered;
    expect(request.responseText).toBe('answer');
  }
});
test('aborts a request of the page', async () => {
  const request = new XMLHttpRequest();
  request.open('GET', 'http://127.0.0.1:' + process.env.SILENT);
  request.send();
  await new Promise((done) => setTimeout(done, 20));
  request.abort();
});
`;

describe('in jsdom', () => {
  let run: JestRun;
  let silent: Server;
  let answering: http.Server;
  const sockets = new Set<Socket>();
  const files = { 'signals.test.js': SIGNALS, 'page.test.js': PAGE, 'network.test.js': NETWORK };

  beforeAll(async () => {
    silent = createServer((socket) => {
      sockets.add(socket.on('error', () => {}).resume());
    });
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const allowed = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
    answering = http.createServer((_, response) => response.writeHead(200, allowed).end('answer'));
    answering.listen(0);
    await once(answering, 'listening');
    const portOf = (server: Server): string => String((server.address() as { port: number }).port);
    run = await runJest({ files, config: CONFIG, env: { SILENT: portOf(silent), ANSWERS: portOf(answering) } });
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    answering.closeAllConnections();
    for (const server of [silent, answering]) await new Promise((done) => server.close(done));
  });

  it('fails the tests that leak and no other, at the line that opened', () => {
    expectClaims(run, files);
    expect(run.output).not.toContain('leakgate could not do its job');
  });

  it('calls what is left by its name', () => {
    const kinds = findingsOf(run).map(({ scope, root }) => [scope.path.join(), root.kind]);
    expect(Object.fromEntries(kinds)).toMatchObject({
      'leaks a listener on a signal from outside': 'abort-listener',
      'leaks an onabort on a signal from outside': 'abort-listener',
      'leaks a listener on a signal that will time out': 'abort-timeout',
      'leaks a web socket of the page': 'http-request',
      'leaks a request of the page': 'http-request',
      'leaks an animation that never ends': 'animation-frame',
      'leaks a timeout of the page': 'timeout',
      'leaks an interval of the page': 'interval',
      'leaks an interval of the page that goes round': 'interval',
    });
    expect(run.output).toContain(
      'Wait for its answer, or abort it with `request.abort()`, in the test or its `afterEach`.',
    );
    const late = findingsOf(run).filter(({ kind, root }) => kind === 'late' && root.kind !== 'animation-frame');
    expect(late).toEqual([]);
  });

  it('lets nothing that the page waits for in vain keep the process up', async () => {
    const check = `
      const Environment = require(${JSON.stringify(CONFIG.testEnvironment)});
      const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
      module.exports = class extends Environment {
        async teardown() {
          const before = timers();
          await super.teardown();
          console.log('HELD ' + (timers() - before));
        }
      };`;
    const files = {
      'environment.js': check,
      'a.test.js': `
test('leaks an open web socket', async () => {
  const socket = new WebSocket('ws://127.0.0.1:' + process.env.SOCKETS); // opens
  await new Promise((done, fail) => { socket.onopen = done; socket.onerror = fail; });
});
`,
    };
    const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(sockets, 'listening');
    const { port } = sockets.address() as { port: number };
    const open = await runJest({
      files,
      config: { ...CONFIG, testEnvironment: './environment.js' },
      env: { SOCKETS: String(port) },
    });
    for (const client of sockets.clients) client.terminate();
    await new Promise((done) => sockets.close(done));
    expectClaims(open, files);
    expect(open.output).toContain('Close the `WebSocket` that holds it with its `close()`');
    expect(open.output).toContain('HELD 0');
  });

  it('gives the page its own properties back after the file', async () => {
    const check = `
      const Environment = require(${JSON.stringify(CONFIG.testEnvironment)});
      const faces = ({ AbortSignal, AbortController, WebSocket }) => [
        AbortController, AbortController.prototype.constructor, AbortSignal.timeout, AbortSignal.any,
        AbortSignal.prototype.addEventListener, Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'onabort').set,
        WebSocket, WebSocket.prototype.constructor,
      ];
      module.exports = class extends Environment {
        constructor(...args) {
          super(...args);
          this.patched = faces(this.global);
        }
        async handleTestEvent(event, state) {
          await super.handleTestEvent(event, state);
          if (event.name !== 'run_finish') return;
          const left = faces(this.global).filter((face, index) => face === this.patched[index]).map(String);
          require('fs').writeFileSync(__dirname + '/left.json', JSON.stringify(left));
          console.log('LEFT ' + JSON.stringify(left));
        }
      };`;
    const { output } = await runJest({
      files: { 'environment.js': check, 'a.test.js': "test('runs', () => {});\n" },
      config: { ...CONFIG, testEnvironment: './environment.js' },
    });
    expect(output).toContain('LEFT []');
  });
});
