import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { runJest } from './jest-project';

const fixtures = resolve(__dirname, '../../fixtures/probes/pending');

it('ends DNS queries that nobody awaits: Jest is not kept up by a server that never answers', async () => {
  const { code, output, reports } = await runJest({
    rootDir: fixtures,
    config: { testMatch: ['<rootDir>/leaks-dns-query*.ts'] },
    args: ['--runInBand'],
  });
  expect(code).toBe(1);
  expect(output).not.toContain('did not exit');
  expect(reports.map(({ findings }) => findings.map(({ root }) => root.kind))).toEqual([
    ['dns-query'],
    ['dns-query'],
    ['dns-query'],
  ]);
}, 60_000);

it('cancels no query that somebody else awaits over the same resolver', async () => {
  const { output, tests, reports } = await runJest({
    files: {
      'src/shared.test.js': `
        const { createSocket } = require('node:dgram');
        const dns = require('node:dns');
        const { once } = require('node:events');
        const { answerTo } = require(${JSON.stringify(join(fixtures, 'dns-answer.ts'))});

        const server = createSocket('udp4');
        const asked = [];
        const resolver = new dns.promises.Resolver({ timeout: 60_000, tries: 1 });
        let shared;

        const isAsked = async (name) => {
          while (!asked.some(({ query }) => query.includes(name))) await once(server, 'message');
        };

        beforeAll(async () => {
          server.on('message', (query, from) => asked.push({ query, from }));
          server.bind(0, '127.0.0.1');
          await once(server, 'listening');
          resolver.setServers(['127.0.0.1:' + server.address().port]);
          shared = resolver.resolve4('shared.example');
          await isAsked('shared');
        });

        afterAll(() => new Promise((closed) => server.close(closed)));

        test('forgets its query', async () => {
          resolver.resolve4('forgotten.example').catch(() => 'ended');
          await isAsked('forgotten');
        });

        test('gets the answer to that of the file', async () => {
          const { query, from } = asked.find(({ query }) => query.includes('shared'));
          server.send(answerTo(query), from.port, from.address);
          expect(await shared).toEqual(['192.0.2.7']);
        });
      `,
    },
    args: ['--runInBand'],
  });
  expect(reports.map(({ findings }) => findings.map(({ message }) => message.split('\n')[0]))).toEqual([
    ['A DNS query for forgotten.example was sent in this test, but never answered.'],
  ]);
  expect(tests.get('forgets its query')?.status).toBe('failed');
  expect(tests.get('gets the answer to that of the file')?.status).toBe('passed');
  expect(output).not.toContain('did not exit');
}, 60_000);
