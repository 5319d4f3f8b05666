import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';
import { describePool } from './pool-fixtures';
import { type PoolServers, startPoolServers } from './pool-servers';

describePool('the root of what a client opens lazily', 'roots', {
  'clean-all': [],
  'leaks-across-tests': [
    'leak: client of test "makes a pool for those that come after" at leaks-across-tests.ts, opens',
  ],
  'leaks-both': [
    'leak: tcp-socket of test "keeps a pool of its own" at leaks-both.ts, opens',
    'leak: client of suite at leaks-both.ts, makes',
  ],
  'leaks-import': ['leak: client of file at leaks-import.ts, opens'],
  'leaks-other-pool': [
    'leak: tcp-socket of test "keeps a pool of its own beside the shared one" at leaks-other-pool.ts, opens',
  ],
  'leaks-outer-suite': ['leak: client of suite "outer" at leaks-outer-suite.ts, opens'],
  'leaks-own-class': ['leak: client of suite at leaks-own-class.ts, opens'],
  'leaks-own-class-over-pool': ['leak: client of suite at leaks-own-class-over-pool.ts, opens'],
  'leaks-registered': [
    'leak: tcp-socket of test "keeps a pool of its own, and puts it where all can see it" at leaks-registered.ts, opens',
  ],
  'leaks-registered-by-factory': [
    'leak: tcp-socket of test "keeps a pool a library made for it, and puts it where all can see it" at leaks-registered-by-factory.ts, opens',
  ],
  'leaks-several-connections': ['leak: client of suite at leaks-several-connections.ts, opens'],
});

describe('a client of an outer scope', () => {
  it('is known at paranoid too, where nothing else waits for the end of the file', async () => {
    const servers = await startPoolServers();
    const run = await runJest({
      rootDir: resolve(__dirname, '../../fixtures/pools'),
      config: {
        testMatch: [
          '<rootDir>/roots/{clean-all,leaks-outer-suite}.ts',
          '<rootDir>/{pg,own-client}/clean-shared.ts',
          '<rootDir>/outer/clean-timer.ts',
        ],
        testTimeout: 20_000,
      },
      args: ['--runInBand'],
      env: { ...servers.env, LEAKGATE_LEVEL: 'paranoid' },
    });
    await servers.stop();
    expect(findingsOf(run).map(({ scope, root }) => [scope.path, root.kind])).toEqual([[['outer'], 'client']]);
    expect([...run.tests].filter(([, { status }]) => status !== 'passed')).toEqual([]);
  }, 120_000);
});

describe('the words for a client', () => {
  let servers: PoolServers;
  let run: JestRun;

  beforeAll(async () => {
    servers = await startPoolServers();
    run = await runJest({
      rootDir: resolve(__dirname, '../../fixtures/pools'),
      config: { testMatch: ['<rootDir>/{pg,ioredis,mysql,ws}/leaks-*.ts', '<rootDir>/roots/leaks-several-*.ts'] },
      args: ['--runInBand'],
      env: servers.env,
    });
  }, 120_000);

  afterAll(() => servers.stop());

  const remedies = (kind: string): readonly string[] =>
    findingsOf(run)
      .filter(({ root }) => root.kind === kind)
      .map(
        ({ scope, message }) => `${scope.file.split('/').slice(-2).join('/')}: ${message.replace(/\d\S+ -> \S+/, 'X')}`,
      )
      .sort();

  it('are its class and the call that closes it', () => {
    const made = 'was made in the `beforeAll` of this file, but never closed.\nClose it with its';
    const where = "in the suite's `afterAll`.";
    expect(remedies('client')).toEqual([
      `ioredis/leaks-shared-lazy.ts: A client (\`Redis\`) ${made} \`quit()\` ${where}`,
      `mysql/leaks-shared.ts: A client (\`Pool\`) ${made} \`end()\` ${where}`,
      `pg/leaks-shared-pool.ts: A client (\`BoundPool\`) ${made} \`end()\` ${where}`,
      `roots/leaks-several-connections.ts: A client (\`BoundPool\`) ${made} \`end()\` ${where}`,
    ]);
  });

  it('are told of the connection it opened in its own scope, too', () => {
    const left = 'A TCP connection X was opened in this test, but never closed.\nClose the';
    const where = 'in the test or its `afterEach`.';
    expect(remedies('tcp-socket').filter((each) => each.includes('leaks-own'))).toEqual([
      `ioredis/leaks-own.ts: ${left} \`Redis\` that holds it with its \`quit()\` ${where}`,
      `mysql/leaks-own.ts: ${left} \`PromiseConnection\` that holds it with its \`close()\` ${where}`,
      `pg/leaks-own-client.ts: ${left} \`Client\` that holds it with its \`end()\` ${where}`,
      `pg/leaks-own-pool.ts: ${left} \`BoundPool\` that holds it with its \`end()\` ${where}`,
      `ws/leaks-own.ts: ${left} \`WebSocket\` that holds it with its \`close()\` ${where}`,
    ]);
  });

  it('shows all its connections beneath it', () => {
    const roots = findingsOf(run).filter(({ scope }) => scope.file.endsWith('leaks-several-connections.ts'));
    expect(roots.map(({ root }) => root.owns.map(({ kind }) => kind))).toEqual([
      ['tcp-socket', 'tcp-socket', 'tcp-socket'],
    ]);
  });
});
