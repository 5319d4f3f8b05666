import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

/** Tries again for ever, each time in a tick that leads back to nobody's call. No event emitter, as real ones are none. */
const RECONNECTS = `
const net = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
class Manager {
  #closed = new AbortController();
  attempts = 0;
  async run(port) {
    while (!this.#closed.signal.aborted) {
      await new Promise((done) => net.connect(port, '127.0.0.1').on('error', () => {}).on('close', done));
      this.attempts++;
      await sleep(this.attempts < 3 ? 5 : 50_000, undefined, { signal: this.#closed.signal }).catch(() => {});
    }
  }
  close() { this.#closed.abort(); }
}
exports.connect = (port) => {
  const manager = new Manager();
  manager.run(port);
  return manager;
};
`;

/** Threads, a port to each, and a listener that ends them with the process, added once the thread answers. */
const THREADS = `
const { MessageChannel, Worker } = require('node:worker_threads');
exports.Pool = class {
  #ports = [];
  #end = () => {};
  constructor() {
    this.worker = new Worker('require("node:worker_threads").parentPort.on("message", () => {})', { eval: true });
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1);
    this.worker.postMessage(port2, [port2]);
    this.ready = new Promise((done) => this.worker.once('online', done));
    this.worker.once('online', () => process.on('exit', this.#end));
  }
  async destroy() {
    for (const port of this.#ports) port.close();
    process.off('exit', this.#end);
    await this.worker.terminate();
  }
};
`;

/** A connection with a heartbeat, made where nothing leads back to whoever wanted it. */
const HEARTBEATS = `
const net = require('node:net');
const { EventEmitter } = require('node:events');
const wanted = [];
let working = false;
async function work() {
  working = true;
  for (;;) {
    await null;
    const next = wanted.shift();
    if (next === undefined) break;
    const socket = net.connect(next.port, '127.0.0.1', () => {
      setTimeout(() => {}, 100_000);
      next.done(socket);
    });
  }
  working = false;
}
exports.connect = (port) => new Promise((done) => { wanted.push({ port, done }); if (!working) void work(); });
`;

/** Waits long for a server, and looks for it again and again. */
const LOOKS = `
exports.find = () => {
  const again = () => { setTimeout(again, 40_000); };
  setTimeout(() => {}, 50_000);
  setTimeout(again, 400);
};
`;

const LOOKING = `
const { find } = require('looks');
test('leaks what waits, and goes on looking', () => {
  find(); // opens
});
test('runs while it does', () => new Promise((done) => setTimeout(done, 600)));
`;

const BEATING = `
const net = require('node:net');
const { connect } = require('heartbeats');
const server = net.createServer();
beforeAll((done) => { server.listen(0, '127.0.0.1', done); });
afterAll(() => { server.close(); });
test('leaks a connection with all it has', async () => {
  await connect(server.address().port);
});
`;

const RECONNECTING = `
const { connect } = require('reconnects');
const enough = async (manager) => {
  while (manager.attempts < 3) await new Promise((done) => setTimeout(done, 10));
};
test('leaks what tries again and again', async () => {
  const manager = connect(1); // opens
  await enough(manager);
});
test('closes what tries again', async () => {
  const manager = connect(1);
  await enough(manager);
  manager.close();
});
describe('a shared one', () => {
  const manager = connect(1);
  afterAll(() => manager.close());
  test('is nobody’s to close', () => enough(manager));
});
`;

const POOLED = `
const { Pool } = require('threads');
test('leaks a pool of threads', async () => {
  const pool = new Pool(); // opens
  await pool.ready;
});
test('destroys its pool', async () => {
  const pool = new Pool();
  await pool.ready;
  await pool.destroy();
});
`;

describe('what a library opens for one call of the test', () => {
  const files = {
    'node_modules/reconnects/index.js': RECONNECTS,
    'node_modules/threads/index.js': THREADS,
    'node_modules/looks/index.js': LOOKS,
    'reconnecting.test.js': RECONNECTING,
    'looking.test.js': LOOKING,
    'pooled.test.js': POOLED,
  };
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files });
  });

  it('is one finding, at the line of that call, however late and whatever it is made of', () => {
    expectClaims(run, files);
    expect(findingsOf(run).map(({ root, count }) => [root.kind, count, root.owns.map(({ kind }) => kind)])).toEqual([
      ['timeout', 1, ['timeout']],
      ['worker', 1, expect.arrayContaining(['message-port', 'listener'])],
      ['timeout', 1, []],
    ]);
  });

  it('is one finding where its line is lost, too', async () => {
    const lost = await runJest({
      files: { 'node_modules/heartbeats/index.js': HEARTBEATS, 'beating.test.js': BEATING },
    });
    expect(findingsOf(lost).map(({ root, openedBy }) => [root.kind, openedBy])).toEqual([['tcp-socket', 'heartbeats']]);
    expect(findingsOf(lost)[0]?.root.owns.map(({ kind }) => kind)).toContain('timeout');
    expect(lost.output).toContain('The call that opened it is in heartbeats.\n');
  });
});
