import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

/** From Node 24 on the handler of a server works in the context that the server was made in. */
const FORGETFUL_FOR_ALL =
  Number(process.versions.node.split('.')[0]) < 24
    ? 'forgetful-for-all.test.js closes its own end: timeout'
    : 'forgetful-for-all.test.js : timeout';

const files = {
  'src/serve.js': `
    const http = require('node:http');
    const { once } = require('node:events');
    // Puts out who does not greet in time, as servers of WebSockets do.
    exports.serve = async ({ forgets = false } = {}) => {
      const server = http.createServer();
      server.on('upgrade', (_request, socket) => {
        const greeting = setTimeout(() => socket.destroy(), 3_000);
        if (!forgets) socket.on('close', () => clearTimeout(greeting));
        socket.resume();
        socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n');
      });
      const sockets = new Set();
      server.on('connection', (socket) => sockets.add(socket));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const close = async () => {
        for (const each of sockets) each.destroy();
        await new Promise((done) => server.close(done));
      };
      return { port: server.address().port, close };
    };
    exports.connect = async (port) => {
      const headers = { connection: 'Upgrade', upgrade: 'echo' };
      const [, socket] = await once(http.request({ port, host: '127.0.0.1', headers }).end(), 'upgrade');
      return socket;
    };
  `,
  'left-to-the-end.test.js': `
    const { serve, connect } = require('./src/serve');
    const left = [];
    afterAll(async () => { for (const { close } of left) await close(); });
    test('leaves its server', async () => { const served = await serve(); left.push(served); await connect(served.port); });
    test('leaves another', async () => { const served = await serve(); left.push(served); await connect(served.port); });
  `,
  'forgetful.test.js': `
    const { serve, connect } = require('./src/serve');
    test('closes all', async () => {
      const served = await serve({ forgets: true });
      const socket = await connect(served.port);
      socket.destroy();
      await served.close();
    });
  `,
  'forgetful-for-all.test.js': `
    const { serve, connect } = require('./src/serve');
    const { once } = require('node:events');
    let served;
    beforeAll(async () => { served = await serve({ forgets: true }); });
    afterAll(() => served.close());
    test('closes its own end', async () => {
      const socket = await connect(served.port);
      socket.destroy();
      await once(socket, 'close');
    });
    test('connects to nobody', async () => {});
  `,
};

describe('a timer that the handler of an accepted connection arms', () => {
  it('is its connection’s as long as that is open; where the connection is gone, it is the test’s at once', async () => {
    const run = await runJest({ files, config: { testMatch: ['**/*.test.js'], transform: {} } });
    expect(
      findingsOf(run)
        .map(({ scope, root }) => `${scope.file.split('/').at(-1)} ${scope.path.join()}: ${root.kind}`)
        .sort(),
    ).toEqual([FORGETFUL_FOR_ALL, 'forgetful.test.js closes all: timeout']);
  });
});
