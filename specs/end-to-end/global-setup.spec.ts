import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

/** A server that keeps something for everybody who asks, armed in a handler and in what follows from it. */
const SERVER = `
const http = require('node:http');
const fs = require('node:fs');
exports.start = async () => {
  const kept = [];
  const keep = () => { kept.push(setTimeout(() => {}, 60_000)); }; // line 6
  const server = http.createServer(async (request, answer) => {
    switch (request.url) {
      case '/at-once': keep(); break;
      case '/with-body': for await (const _ of request); keep(); break;
      case '/after-await': await null; await new Promise((done) => { setImmediate(done); }); keep(); break;
      case '/after-file': await new Promise((done) => { fs.readFile(__filename, done); }); keep(); break;
      case '/connects': kept.push(http.get({ port: server.address().port, host: '127.0.0.1', path: '/hangs', agent: false }).on('error', () => {})); break;
      case '/listens': { const on = () => {}; process.on('SIGUSR2', on); kept.push({ destroy: () => process.off('SIGUSR2', on) }); break; }
      case '/hangs': return;
    }
    answer.end('kept');
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const stop = () => {
    for (const each of kept) { if (each.destroy === undefined) clearTimeout(each); else each.destroy(); }
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, stop };
};
`;

const PATHS = ['at-once', 'with-body', 'after-await', 'after-file', 'connects', 'listens'];

const ASK = `
const http = require('node:http');
const ask = (port, path) => new Promise((done, fail) => {
  http.get({ port, host: '127.0.0.1', path, agent: false }, (answer) => { answer.resume(); answer.on('close', done); }).on('error', fail);
});
`;

const FILES = {
  'server.js': SERVER,
  'setup.js': `
const { start } = require('./server');
module.exports = async () => {
  const { port, stop } = await start();
  process.env.SETUP_PORT = String(port);
  globalThis.stopServer = stop;
};
`,
  'teardown.js': 'module.exports = () => globalThis.stopServer();',
  'asks.test.js': `${ASK}
test.each(${JSON.stringify(PATHS)})('asks for /%s', (path) => ask(process.env.SETUP_PORT, '/' + path));
test('leaks by itself', async () => { await ask(process.env.SETUP_PORT, '/at-once'); setTimeout(() => {}, 60_000); });
`,
  'own.test.js': `${ASK}
const { start } = require('./server');
test('has one of its own', async () => {
  const { port } = await start();
  await ask(port, '/at-once');
});
`,
};

describe('a server that a global set-up runs in the same process', () => {
  it('is asked by tests that answer for nothing it does then; by one of their own they do', async () => {
    const run = await runJest({
      files: FILES,
      config: { transform: {}, globalSetup: '<rootDir>/setup.js', globalTeardown: '<rootDir>/teardown.js' },
      args: ['--runInBand', '--forceExit'],
    });
    expect(
      findingsOf(run)
        .map(({ scope, root }) => [scope.path.join(), root.kind])
        .sort(),
    ).toEqual([
      ['has one of its own', 'http-server'],
      ['has one of its own', 'timeout'],
      ['leaks by itself', 'timeout'],
    ]);
    expect(run.tests.size).toBe(PATHS.length + 2);
  });
});
