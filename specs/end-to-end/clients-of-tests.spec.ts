import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startEcho } from '../../fixtures/pools/servers/echo';
import type { Running } from '../../fixtures/pools/servers/running';
import { expectClaims, findingsOf, openings } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

/** A client as those of databases are: it connects when it is first asked, in a later tick, and looks after that by a timer. */
const DATABASE = `
const net = require('node:net');
const { EventEmitter } = require('node:events');
class Query extends EventEmitter { end() {} }
class Database extends EventEmitter {
  constructor(port) { super(); this.port = port; }
  ask() {
    return new Promise((done) => void Promise.resolve().then(() => this.open(done)));
  }
  open(done) {
    this.reaper = setInterval(() => {}, 1_000);
    this.socket = net.connect(this.port, '127.0.0.1', done);
  }
  end() { clearInterval(this.reaper); this.socket?.destroy(); }
}
exports.connect = (port) => new Database(port);
exports.queries = (count) => Array.from({ length: count }, () => new Query());
`;

const SUITE = `
const { connect, queries } = require('database');
const port = Number(process.env.ECHO);
test('makes many things that could be closed', () => { expect(queries(200)).toHaveLength(200); });
test('ends its own', async () => {
  const database = connect(port);
  await database.ask();
  database.end();
});
test('leaks its own as one thing, at the line that made it', async () => {
  const database = connect(port); // opens
  await database.ask();
});
`;

/** Calls one plug-in after the other, each in a tick of its own. */
const BOOT = `
exports.boot = (plugins) => new Promise((done) => {
  const app = {};
  const next = () => {
    const plugin = plugins.shift();
    if (plugin === undefined) return void done(app);
    void Promise.resolve(plugin(app)).then(next);
  };
  process.nextTick(next);
});
`;

/** A plug-in of a library's, which forgets what it has armed. */
const GAUGE = `
exports.gauge = async (app) => { app.timer = setInterval(() => {}, 1_000); };
`;

const BOOTED = `
const { boot } = require('boot');
const { gauge } = require('gauge');
const { connect } = require('database');
const withDatabase = async (app) => {
  app.database = connect(1);
};
test('starts up', async () => {
  const app = await boot([withDatabase, gauge]);
  app.database.end();
});
`;

describe('a client that a test has made', () => {
  let echo: Running;
  beforeAll(async () => {
    echo = await startEcho();
  });
  afterAll(() => echo.stop());

  const run = (files: Readonly<Record<string, string>>): Promise<JestRun> =>
    runJest({
      files: {
        'node_modules/database/index.js': DATABASE,
        'node_modules/boot/index.js': BOOT,
        'node_modules/gauge/index.js': GAUGE,
        ...files,
      },
      env: { ECHO: `${echo.port}` },
    });

  it('is one leak with its connection and its timer, whatever many others the tests before have made', async () => {
    const files = { 'own.test.js': SUITE };
    const own = await run(files);
    expectClaims(own, files);
    const [finding] = findingsOf(own);
    expect(finding?.root.kind).toBe('tcp-socket');
    expect(finding?.root.owns.map(({ kind }) => kind)).toContain('interval');
    expect(finding?.message).toContain('Close the `Database` that holds it with its `end()`');
  });

  it('gives no line to what the library that has called for it opens later', async () => {
    const booted = await run({ 'booted.test.js': BOOTED });
    expect(findingsOf(booted).map(({ root }) => root.kind)).toEqual(['interval']);
    expect(openings(booted)).not.toContain('booted.test.js:6');
  });
});
