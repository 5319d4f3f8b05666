import { describe, expect, it, jest } from '@jest/globals';
import { startHttp } from '../../fixtures/pools/servers/http';
import { expectClaims } from '../end-to-end/claims';
import { runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

/** Ticks as undici does; nobody has said that this is by design. */
const OTHER = 'exports.tick = () => { setTimeout(() => {}, 1_000).unref(); };';

const COPIES = { 'undici-5': require.resolve('undici-5'), 'undici-6': require.resolve('undici-6') };

const SUITE = Object.entries(COPIES)
  .map(
    ([name, path]) => `
describe('${name}', () => {
  const { Agent, request } = require(${JSON.stringify(path)});
  let dispatcher;
  beforeAll(() => { dispatcher = new Agent({ headersTimeout: 5_000, bodyTimeout: 5_000 }); });
  afterAll(() => dispatcher.close());
  test('asks by ${name}', async () => {
    const { body } = await request(process.env.BACKEND, { dispatcher });
    await body.text();
  });
});
`,
  )
  .join('');

const LEAKS = `
test('leaks the ticker of another package', () => {
  require('other').tick(); // opens
});
`;

/**
 * undici takes its client for connected a tick after it has made the parser, and later still where that is yet to be compiled: who destroys
 * the client in between is told that all is closed.
 */
const DESTROYED = `
const { once } = require('node:events');
const { Client, buildConnector } = require(${JSON.stringify(COPIES['undici-6'])});
const made = buildConnector({});
test('leaks the connection of a client that is destroyed too early', async () => {
  const client = new Client(process.env.BACKEND, { connect });
  function connect(options, done) {
    const connected = (error, socket) => { done(error, socket); queueMicrotask(() => client.destroy()); };
    made(options, connected); // opens
  }
  await client.request({ path: '/', method: 'GET' }).catch(() => {});
});
test('lets its client connect', async () => {
  const client = new Client(process.env.BACKEND);
  const given = client.request({ path: '/', method: 'GET' }).catch(() => {});
  await once(client, 'connect');
  await client.destroy();
  await given;
});
`;

describe('a client of undici that is destroyed while it connects', () => {
  it('leaves its connection, and the finding says how not to', async () => {
    const backend = await startHttp();
    try {
      const files = { 'destroyed.test.js': DESTROYED };
      const run = await runJest({ files, env: { BACKEND: `http://127.0.0.1:${backend.port}` } });
      expectClaims(run, files);
      expect(run.output).toContain('Let its client connect before you destroy that, in the test or its `afterEach`.');
    } finally {
      await backend.stop();
    }
  });
});

describe('the ticker of undici', () => {
  it('is nobody’s leak: it is one for the whole copy, and ends by itself', async () => {
    const backend = await startHttp();
    try {
      const files = { 'node_modules/other/index.js': OTHER, 'ticking.test.js': SUITE + LEAKS };
      expectClaims(await runJest({ files, env: { BACKEND: `http://127.0.0.1:${backend.port}/` } }), files);
    } finally {
      await backend.stop();
    }
  });
});
