import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startEcho } from '../../fixtures/pools/servers/echo';
import { startHttp } from '../../fixtures/pools/servers/http';
import type { Running } from '../../fixtures/pools/servers/running';
import { expectClaims, findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

/** Opens what it is asked for, later, and knows it for ever; what closes it is what it has returned. Or it is a client itself. */
const LAUNCHER = `
const fs = require('node:fs');
const net = require('node:net');
const { spawn } = require('node:child_process');
class Session {
  #socket;
  async open(port) {
    await null;
    this.#socket = net.connect(port, '127.0.0.1');
    await new Promise((done) => this.#socket.once('connect', done));
  }
  close() { this.#socket.destroy(); }
}
class Launcher {
  #sessions = new Set();
  launch(port) {
    return new Promise((done) => void Promise.resolve().then(() => this.start(port, done)));
  }
  start(port, done) {
    const session = new Session();
    this.#sessions.add(session);
    void session.open(port).then(() => done(session));
  }
}
class Client {
  #session;
  async ask(port) {
    this.#session ??= new Session();
    await this.#session.open(port);
  }
  close() { this.#session.close(); }
}
exports.log = (file, done) => {
  fs.stat(file, () => fs.readdir('.', () => {
    const stream = fs.createWriteStream(file);
    stream.once('open', () => done(stream));
  }));
};
exports.poll = (url, done) => void fetchFrom(url, done);
async function fetchFrom(url, done) {
  await (await fetch(url)).text();
  const timer = setTimeout(() => {}, 30_000);
  setImmediate(done, timer);
}
exports.launcher = new Launcher();
exports.client = new Client();
exports.browse = async (port) => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const socket = net.connect(port, '127.0.0.1');
  await new Promise((done) => socket.once('connect', done));
  return { close: async () => { socket.destroy(); child.kill(); await new Promise((done) => child.once('close', done)); } };
};
`;

const SUITE = `
const launch = require('launch');
const { launcher } = require('launch');
const port = Number(process.env.ECHO);
test('closes what it has launched', async () => {
  const session = await launcher.launch(port);
  session.close();
});
test('leaks all that one call has left as one thing', async () => {
  const browser = await launch.browse(port); // opens
  expect(browser).toBeDefined();
});
test('leaks the timer that was armed when something had been fetched', async () => {
  await new Promise((done) => launch.poll(process.env.BACKEND, done)); // opens
});
test('clears it', async () => {
  clearTimeout(await new Promise((done) => launch.poll(process.env.BACKEND, done)));
});
test('leaks what was opened when files had been read', async () => {
  await new Promise((done) => launch.log('a.log', done)); // opens
});
test('ends what was opened then', async () => {
  const stream = await new Promise((done) => launch.log('b.log', done));
  await new Promise((done) => stream.end(done));
});
test('closes all of it', async () => {
  const browser = await launch.browse(port);
  await browser.close();
});
`;

/** By then no frame of the user's is left, and the object that has opened it is all there is to ask. */
const LAUNCHES = `
const launch = require('launch');
const { launcher } = require('launch');
const port = Number(process.env.ECHO);
test('keeps what the object of a package has launched', async () => {
  const session = await launcher.launch(port);
  expect(session).toBeDefined();
});
test('keeps what it has launched by way of the package', async () => {
  const session = await launch.launcher.launch(port);
  expect(session).toBeDefined();
});
`;

const MODERN = `
import { launcher } from 'launch';
test('keeps what the import has launched', async () => {
  const session = await launcher.launch(Number(process.env.ECHO));
  expect(session).toBeDefined();
});
`;

/** Of a client that the package has for all it is not known that the test is to close it. */
const SHARED = `
const { client } = require('launch');
test('asks by the client of the package', () => client.ask(Number(process.env.ECHO)));
`;

describe('a call into a library', () => {
  let echo: Running;
  let backend: Running;
  beforeAll(async () => {
    echo = await startEcho();
    backend = await startHttp();
  });
  afterAll(async () => {
    await echo.stop();
    await backend.stop();
  });

  const run = (files: Readonly<Record<string, string>>): Promise<JestRun> =>
    runJest({
      files: { 'node_modules/launch/index.js': LAUNCHER, ...files },
      env: { ECHO: `${echo.port}`, BACKEND: `http://127.0.0.1:${backend.port}/` },
    });

  it('is one leak, however unlike the things are that it has left', async () => {
    const files = { 'suite.test.js': SUITE };
    const ran = await run(files);
    expectClaims(ran, files);
    const kinds = findingsOf(ran).map(({ root }) => [root.kind, ...root.owns.map(({ kind }) => kind)]);
    expect(kinds).toContainEqual(['child-process', 'unnamed-pipe', 'tcp-socket']);
  });

  it('answers for what an object of the package has opened that closes nothing, and the file for its client', async () => {
    const ran = await run({ 'launches.test.js': LAUNCHES, 'modern.test.ts': MODERN, 'shared.test.js': SHARED });
    expect(findingsOf(ran).map(({ scope, root }) => [scope.kind, scope.path.at(-1), root.kind])).toEqual([
      ['test', 'keeps what the object of a package has launched', 'tcp-socket'],
      ['test', 'keeps what it has launched by way of the package', 'tcp-socket'],
      ['test', 'keeps what the import has launched', 'tcp-socket'],
      ['file', undefined, 'tcp-socket'],
    ]);
    expect(findingsOf(ran).at(-1)?.message).toContain('was opened for `client` (`Client`) of shared.test.js');
  });
});
