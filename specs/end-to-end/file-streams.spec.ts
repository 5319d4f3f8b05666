import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(120_000);

const ROOT = resolve(__dirname, '../..');

/** Node goes on pointing at every handle it has read a file by, and a heap snapshot follows. */
const ANSWERS = `
const http2 = require('node:http2');
const net = require('node:net');
const { once } = require('node:events');
const { leakgate } = require('leakgate');

beforeEach(async () => {
  const server = http2.createServer();
  server.on('stream', (stream) => stream.respondWithFile(__filename));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = http2.connect('http://127.0.0.1:' + server.address().port);
  await Promise.all(Array.from({ length: 20 }, () => once(client.request().resume(), 'close')));
  client.close();
  await new Promise((done) => server.close(done));
  // What was collected is written over.
  for (let time = 0; time < 3; time++) {
    gc();
    await new Promise((done) => setTimeout(done, 5));
  }
  globalThis.others = Array.from({ length: 3000 }, (_, index) => Buffer.allocUnsafeSlow(200 + (index % 7) * 40).fill(65));
});

test('leaks a server that a function has listed', () => listen());
const listed = [];
const listen = async () => {
  const server = net.createServer();
  listed.push(server);
  server.listen(0, '127.0.0.1'); // opens
  await once(server, 'listening');
};

test('leaks what is kept', () => {
  const kept = { name: 'kept' };
  globalThis.list = [kept];
  leakgate.expectCollected(kept, 'kept'); // opens
});
`;

/** Closed while it is read, a handle takes Node 20 with it. */
const READS = `
const { open } = require('node:fs/promises');
const kept = [];
const begin = async (handle) => {
  const reader = handle.readableWebStream().getReader();
  kept.push(handle, reader);
  expect((await reader.read()).done).toBe(false);
  return reader;
};
const skipped = process.platform === 'win32' ? test.skip : test;
skipped('leaks a handle in the middle of its web stream', async () => {
  const handle = await open('/dev/zero'); // opens
  await begin(handle);
});
skipped('leaks a handle of which a read is under way', async () => {
  const handle = await open('/dev/zero'); // opens
  void (await begin(handle)).read();
});
test('reads to the end', async () => {
  const handle = await open(__filename);
  const reader = await begin(handle);
  while (!(await reader.read()).done);
  if (handle.fd >= 0) await handle.close();
});
`;

describe('files that are read as streams', () => {
  let run: JestRun;
  const files = { 'answers.test.js': ANSWERS, 'reads.test.js': READS };

  beforeAll(async () => {
    run = await runJest({
      files,
      config: { moduleNameMapper: { '^leakgate$': join(ROOT, 'dist/index.js') }, testTimeout: 60_000 },
      args: ['--runInBand'],
      nodeArgs: ['--expose-gc'],
    });
  });

  it('end no process, neither by a heap snapshot nor when they are put away', () => {
    expect(run.output).not.toMatch(/Assertion failed|Segmentation fault|could not do its job/);
    expect(run.code).toBe(1);
    expectClaims(run, files);
  });

  it('are no hindrance to what the heap is asked', () => {
    expect(findingsOf(run).map(({ kind, root }) => `${kind}: ${root.kind}`)).toEqual([
      'leak: tcp-server',
      'retained: object',
      'leak: file-handle',
      'leak: file-handle',
    ]);
    expect(findingsOf(run)[1]?.message).toContain('Remove it from `list`');
  });
});
