import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { expectClaims } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

const PLAIN = { testEnvironment: resolve(__dirname, '../../node_modules/jest-environment-node') };

/** Fails in every way Jest prints a stack for. */
const FAILING = `
const deep = () => {
  throw new Error('boom');
};
test('sync', () => deep());
test('async', async () => {
  await null;
  deep();
});
test('after a timer', async () => {
  await new Promise((done) => setTimeout(done, 1));
  await (async () => deep())();
});
test('done', (done) => {
  setTimeout(() => done(new Error('late')), 1);
});
test('done, at once', (done) => {
  deep(done);
});
test('generator', function* () {
  yield Promise.resolve();
  deep();
});
test('expect', () => expect(1).toBe(2));
test.each([1, 2])('row %s', () => deep());
test.concurrent('concurrent', async () => deep());
test('thrown text', () => {
  throw 'a text';
});
test('returns something', () => 1);
describe('beforeEach', () => {
  beforeEach(() => deep());
  test('never runs', () => {});
});
describe('beforeAll', () => {
  beforeAll(async () => deep());
  test('never runs either', () => {});
});
describe('afterAll', () => {
  afterAll(() => deep());
  test('runs', () => {});
});
`;

/** What a body can see of how it was called. */
const LOOKING = `
beforeEach(function () {
  this.shared = 'between hook and test';
});
test('has the context of its hooks', function () {
  expect(this.shared).toBe('between hook and test');
  expect(Object.getPrototypeOf(this)).toBe(null);
  expect(arguments).toHaveLength(0);
});
test('has done and nothing else', function (done) {
  expect(arguments).toHaveLength(1);
  expect(typeof done).toBe('function');
  expect(this.shared).toBe('between hook and test');
  done();
});
test('has its own this in a generator', function* () {
  expect(this.shared).toBe('between hook and test');
  yield Promise.resolve();
  expect(this.shared).toBe('between hook and test');
});
test('finds no global of the gate', () => {
  expect(Object.keys(globalThis).filter((name) => /leakgate/i.test(name))).toEqual([]);
  expect(globalThis.gc).toBeUndefined();
});
`;

const withoutTimes = (output: string): string =>
  output.replaceAll(/ ?\(?[\d.]+ m?s\)?(, estimated [\d.]+ m?s)?/g, '').replaceAll(/leakgate-spec-\w+/g, 'project');

it('prints the same stacks for failing tests as without the gate', async () => {
  const files = { 'failing.test.js': FAILING, 'looking.test.js': LOOKING };
  const args = ['--runInBand', 'failing'];
  const plain = await runJest({ files, config: PLAIN, args });
  const gated = await runJest({ files, args });
  expect(withoutTimes(gated.output)).toBe(withoutTimes(plain.output));
  expect(gated.output).not.toContain('/dist/');
  expect([...gated.tests].filter(([, { status }]) => status === 'failed')).toHaveLength(14);
});

it('shows tests the same context and parameters as without the gate', async () => {
  const run = await runJest({ files: { 'looking.test.js': LOOKING } });
  expect([...run.tests].map(([name, { status, messages }]) => [name, status, messages])).toEqual(
    [...run.tests.keys()].map((name) => [name, 'passed', '']),
  );
  expect(run.tests.size).toBe(4);
});

it('does not take a timer for one of Jest’s own deadlines though its callback reads the same', async () => {
  const circus = resolve(__dirname, '../../node_modules/jest-circus/build/jestAdapterInit.js');
  const [, callback = ''] = /timeoutID = setTimeout\((.+), timeout\);/.exec(readFileSync(circus, 'utf8')) ?? [];
  expect(callback).toMatch(/^\(\) => reject\(.+\)$/);
  const files = {
    'alike.test.js': `
const [reject, _makeTimeoutMessage, timeout, isHook, doneCallback] = [() => {}, () => {}, 100_000, false, false];
beforeEach(() => {});
test('has deadlines of its own', async () => {});
test('leaks a timer that reads like one', () => {
  setTimeout(${callback}, timeout); // opens
});
`,
  };
  // As written: a transform would print it anew.
  expectClaims(await runJest({ files, config: { transform: {} } }), files);
});

it('finds what is meant to last by a handler of which nothing tells who called it, however much comes and goes there', async () => {
  const files = {
    'handlers.test.js': `
const { Client, credentials, Server, ServerCredentials } = require(${JSON.stringify(require.resolve('@grpc/grpc-js'))});
const asIs = (bytes) => bytes;
const watch = { path: '/a/Watch', requestStream: false, responseStream: true, requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs };
async function ask(handler) {
  const server = new Server();
  server.addService({ watch }, { watch: (call) => {
    for (let each = 0; each < 500; each++) clearTimeout(setTimeout(() => {}, 1_000));
    handler(call);
    call.write(Buffer.from('first'));
  } });
  const port = await new Promise((done) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => done(bound)));
  const client = new Client('127.0.0.1:' + port, credentials.createInsecure());
  const call = client.makeServerStreamRequest(watch.path, asIs, asIs, Buffer.from('it'));
  call.on('error', () => {});
  await new Promise((done) => call.once('data', done));
  call.cancel();
  client.close();
  await new Promise((done) => server.tryShutdown(done));
}
test('is asked', () => ask(() => {}));
test('leaks an interval', () => ask(() => {
  setInterval(() => {}, 10); // opens
}));
test('clears its interval', () => ask((call) => {
  const tick = setInterval(() => {}, 10);
  call.on('cancelled', () => clearInterval(tick));
}));
`,
  };
  expectClaims(await runJest({ files }), files);
});
