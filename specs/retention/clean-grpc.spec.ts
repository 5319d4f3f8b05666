import { basename } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { type JestRun, runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

/** Says when a snapshot of the heap is taken. */
const COUNTING = `
const v8 = require('node:v8');
const { writeHeapSnapshot } = v8;
v8.writeHeapSnapshot = (...args) => {
  process.stderr.write('a snapshot is taken\\n');
  return writeHeapSnapshot(...args);
};
`;

const START = `
const { Client, credentials, Server, ServerCredentials, status } = require(${JSON.stringify(require.resolve('@grpc/grpc-js'))});
const { createServer } = require('node:net');
const { once } = require('node:events');
const same = (bytes) => bytes;
const io = { requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same };
const paths = { answer: '/clean.Grpc/Answer', hang: '/clean.Grpc/Hang' };
async function serve() {
  const server = new Server();
  const method = (path) => ({ path, requestStream: false, responseStream: false, ...io });
  server.addService(
    { answer: method(paths.answer), hang: method(paths.hang) },
    { answer: (call, answer) => answer(null, call.request), hang: () => {} },
  );
  const port = await new Promise((done, fail) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => error ? fail(error) : done(bound));
  });
  return { server, port, stop: () => new Promise((done) => server.tryShutdown(done)) };
}
const call = (client, path, deadline) => new Promise((done) => {
  client.makeUnaryRequest(path, same, same, Buffer.of(1), { deadline }, (error) => done(error?.code ?? status.OK));
});
`;

const FILES = {
  'counting.js': COUNTING,
  'src/kept.js': 'exports.kept = new Set();',
  'clean.test.js': `${START}
test('is answered', async () => {
  const server = await serve();
  const client = new Client('127.0.0.1:' + server.port, credentials.createInsecure());
  expect(await call(client, paths.answer, Infinity)).toBe(status.OK);
  client.close();
  await server.stop();
});
test('drains for ten minutes at the most', async () => {
  const { server, port, stop } = await serve();
  const client = new Client('127.0.0.1:' + port, credentials.createInsecure());
  expect(await call(client, paths.answer, Infinity)).toBe(status.OK);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  injector.drain(600_000);
  injector.destroy();
  client.close();
  await stop();
});
test('is not answered in time', async () => {
  const server = await serve();
  const client = new Client('127.0.0.1:' + server.port, credentials.createInsecure());
  expect(await call(client, paths.hang, Date.now() + 100)).toBe(status.DEADLINE_EXCEEDED);
  client.close();
  await server.stop();
});
test('finds nobody', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  const client = new Client('127.0.0.1:' + port, credentials.createInsecure());
  for (let calls = 0; calls < 3; calls++) expect(await call(client, paths.answer, Infinity)).toBe(status.UNAVAILABLE);
  client.close();
});
`,
  'kept.test.js': `${START}
test('keeps what it has closed', () => {
  const client = new Client('127.0.0.1:1', credentials.createInsecure());
  client.close();
  require('./src/kept').kept.add(client);
});
`,
};

describe('a test file that closes its gRPC clients and servers', () => {
  let run: JestRun;
  const snapshotsFor = async (file: string): Promise<number> => {
    run = await runJest({ files: FILES, args: ['-i', file], env: { NODE_OPTIONS: '--require ./counting.js' } });
    return run.output.split('a snapshot is taken').length - 1;
  };

  it('is left alone by what explains the heap', async () => {
    expect(await snapshotsFor('clean.test.js')).toBe(0);
    expect(run.reports.map(({ file, findings }) => [basename(file), findings])).toEqual([['clean.test.js', []]]);
  });

  it('is not, where something keeps what was closed', async () => {
    expect(await snapshotsFor('kept.test.js')).toBe(1);
  });
});
