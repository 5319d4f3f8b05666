import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

/** Each starts another in the place of one that has ended, as long as nobody stops it. */
const SUPERVISORS = `
const cp = require('node:child_process');
const net = require('node:net');
const { Worker } = require('node:worker_threads');
class Children {
  start() {
    this.child = cp.spawn('sleep', ['30'], { stdio: 'ignore' }); // opens children
    this.child.on('exit', () => { if (!this.stopped) this.start(); });
    return this;
  }
  stop() { this.stopped = true; this.child.kill(); }
}
class Threads {
  start() {
    this.worker = new Worker('require("node:worker_threads").parentPort.on("message", () => {})', { eval: true }); // opens threads
    this.worker.on('exit', () => { if (!this.stopped) this.start(); });
    return this;
  }
  stop() { this.stopped = true; return this.worker.terminate(); }
}
class Link {
  start(port) {
    this.socket = net.connect(port, '127.0.0.1'); // opens a link
    this.socket.on('close', () => { if (!this.stopped) this.timer = setTimeout(() => this.start(port), 5); });
    return this;
  }
  stop() { this.stopped = true; clearTimeout(this.timer); this.socket.destroy(); }
}
class Listener {
  start() {
    this.server = net.createServer().listen(0, '127.0.0.1'); // opens a listener
    this.server.on('close', () => { if (!this.stopped) this.start(); });
    return this;
  }
  stop() { this.stopped = true; this.server.close(); }
}
module.exports = { Children, Threads, Link, Listener };
`;

const STARTS = {
  children: 'async () => { const made = new Children().start(); await once(made.child, "spawn"); return made; }',
  threads: 'async () => { const made = new Threads().start(); await once(made.worker, "online"); return made; }',
  'a link':
    'async () => { const made = new Link().start(peer.address().port); await once(made.socket, "connect"); return made; }',
  'a listener':
    'async () => { const made = new Listener().start(); await once(made.server, "listening"); return made; }',
};

/** Their verdicts fall when the file ends, and nothing comes after. */
const FORGOTTEN = `
const { once } = require('node:events');
const net = require('node:net');
const { Children, Threads, Link, Listener } = require('./supervisors');
let peer;
beforeAll(async () => {
  peer = net.createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(peer, 'listening');
});
afterAll(() => { peer.close(); });
${Object.entries(STARTS)
  .map(
    ([what, start]) => `
test('stops ${what}', async () => { await (await (${start})()).stop(); });
test('forgets ${what}', async () => { await (${start})(); });
`,
  )
  .join('')}`;

/** What is put away as its test ends comes back while others run. */
const DIRECT = `
const net = require('node:net');
const { once } = require('node:events');
test('leaks a server that comes back', async () => {
  const server = net.createServer().listen(0, '127.0.0.1'); // opens
  await once(server, 'listening');
  server.on('close', () => setTimeout(() => server.listen(0, '127.0.0.1'), 1));
});
test('has a server for itself', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await new Promise((done) => setTimeout(done, 20));
});
`;

describe('what comes back when it is put away', () => {
  let run: JestRun;
  const files = { 'supervisors.js': SUPERVISORS, 'forgotten.test.js': FORGOTTEN, 'direct.test.js': DIRECT };
  // In one process, for a worker would be ended by Jest whatever is left in it.
  beforeAll(async () => {
    run = await runJest({
      files,
      args: ['--runInBand'],
      config: { testEnvironmentOptions: { leakgate: { graceMs: 50 } } },
    });
  });

  it('keeps up no run: Jest ends by itself', () => {
    expect(run.code).toBe(1);
    expect(run.output).not.toContain('Jest did not exit');
  });

  it.each(Object.keys(STARTS))('is one finding, at its first opening: %s', (what) => {
    const lines = SUPERVISORS.split('\n');
    const found = run.reports
      .flatMap(({ findings }) => findings)
      .filter(({ scope }) => scope.path.at(-1) === `forgets ${what}`);
    expect(found.map(({ openedAt }) => openedAt?.line)).toEqual([
      1 + lines.findIndex((line) => line.endsWith(`opens ${what}`)),
    ]);
    expect(run.tests.get(`stops ${what}`)?.status).toBe('passed');
  });

  it('is nothing of the tests that run meanwhile', () => {
    const direct = run.reports.filter(({ file }) => file.endsWith('direct.test.js'));
    const tests = new Map([...run.tests].filter(([, { file }]) => file === 'direct.test.js'));
    expectClaims({ ...run, reports: direct, tests }, files);
  });
});
