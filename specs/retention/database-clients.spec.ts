import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectClaims, findingsOf } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';
import { type PoolServers, startPoolServers } from '../end-to-end/pool-servers';

const ROOT = resolve(__dirname, '../..');
const required = (name: string): string => JSON.stringify(require.resolve(name));

/** What an application does with its clients. */
const DIRECTORY = `
const clients = new Map();
exports.list = (name, client) => { clients.set(name, client); };
exports.forget = (name) => { clients.delete(name); };
`;

/** The same tests for each: all it takes is how a client is made, used and closed. */
const testsOf = (name: string, made: string): string => `
const { leakgate } = require('leakgate');
const { list, forget } = require('./directory');
${made}
test('${name} closes its client', async () => {
  const client = await connect();
  await use(client);
  leakgate.expectCollected(client, 'client');
  await close(client);
});
test('${name} closes a client it never used', async () => {
  const client = await connect();
  leakgate.expectCollected(client, 'unused client');
  await close(client);
});
test('${name} closes twenty, two at a time', async () => {
  for (let time = 0; time < 10; time++) {
    const two = await Promise.all([connect(), connect()]);
    await Promise.all(two.map(use));
    for (const client of two) leakgate.expectCollected(client, 'one of twenty');
    await Promise.all(two.map(close));
  }
});
test('${name} takes its client off the list', async () => {
  const client = await connect();
  list('mine', client);
  await use(client);
  leakgate.expectCollected(client, 'listed client');
  await close(client);
  forget('mine');
});
test('${name} leaks a client that stays listed', async () => {
  const client = await connect();
  list('kept', client);
  await use(client);
  leakgate.expectCollected(client, 'kept client'); // opens
  await close(client);
});
`;

const FILES = {
  'directory.js': DIRECTORY,
  'pg-client.test.js': testsOf(
    'client of pg',
    `
const { Client } = require(${required('pg')});
const connect = async () => {
  const client = new Client({ host: '127.0.0.1', port: Number(process.env.POOLS_POSTGRES), user: 'u' });
  await client.connect();
  return client;
};
const use = (client) => Promise.all([client.query('select 42 as answer'), client.query('select $1', [42])]);
const close = (client) => client.end();
`,
  ),
  'pg-pool.test.js': testsOf(
    'pool of pg',
    `
const { Pool } = require(${required('pg')});
const connect = async () => new Pool({ host: '127.0.0.1', port: Number(process.env.POOLS_POSTGRES), user: 'u', max: 2 });
const use = (pool) => Promise.all([1, 2, 3].map((value) => pool.query('select $1', [value])));
const close = (pool) => pool.end();
`,
  ),
  'ioredis-quit.test.js': testsOf(
    'redis that quits',
    `
const { default: Redis } = require(${required('ioredis')});
const connect = async () => new Redis(Number(process.env.POOLS_REDIS), '127.0.0.1');
const use = async (redis) => { await redis.set('key', 'value'); };
const close = (redis) => redis.quit();
`,
  ),
  'ioredis-disconnect.test.js': testsOf(
    'redis that disconnects',
    `
const { default: Redis } = require(${required('ioredis')});
const connect = async () => new Redis(Number(process.env.POOLS_REDIS), '127.0.0.1', { lazyConnect: true });
const use = (redis) => Promise.all([redis.ping(), redis.get('key')]);
const close = async (redis) => { redis.disconnect(); };
`,
  ),
};

describe('clients of databases that were closed', () => {
  let servers: PoolServers;
  let run: JestRun;

  beforeAll(async () => {
    servers = await startPoolServers();
    run = await runJest({
      files: FILES,
      config: { moduleNameMapper: { '^leakgate$': join(ROOT, 'dist/index.js') } },
      args: ['--maxWorkers=2'],
      env: servers.env,
    });
  }, 180_000);

  afterAll(() => servers.stop());

  it('are gone when they are done with, and retained only where the application lists them', () => {
    expectClaims(run, FILES);
    expect(findingsOf(run).map(({ kind, path }) => [kind, path?.hops[0]?.name])).toEqual(
      Array.from({ length: 4 }, () => ['retained', 'clients']),
    );
    expect(run.reports.flatMap(({ probeFailures }) => probeFailures)).toEqual([]);
  });
});
