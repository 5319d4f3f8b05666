import { basename, resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from '../end-to-end/claims';
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

const start = (grpc: string): string => `
const { Client, credentials, experimental, Server, ServerCredentials, setLogger, status } = require(${JSON.stringify(require.resolve(grpc))});
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
  server.start();
  return { server, port, stop: () => new Promise((done) => server.tryShutdown(done)) };
}
const call = (client, path, deadline) => new Promise((done) => {
  client.makeUnaryRequest(path, same, same, Buffer.of(1), { deadline }, (error) => done(error?.code ?? status.OK));
});
`;
const START = start('@grpc/grpc-js');

/** Test files that give the library what leads to all they know: whatever is closed stays in their variables until the next test. */
const OWN_PARTS = `
let client;
let server;
afterEach(async () => {
  client.close();
  await server.stop();
});
`;

const FILES = {
  'counting.js': COUNTING,
  'src/kept.js': `
const { EventEmitter } = require('node:events');
exports.kept = new Set();
exports.bus = new EventEmitter().setMaxListeners(0);
let first;
exports.waiting = new Map();
exports.link = (client) => { first = { client, next: first }; };
`,
  'node_modules/hearing/index.js':
    "exports.hear = (bus, client) => { bus.on('elsewhere', () => client.getChannel()); };",
  'src/policy.js': `
const { experimental } = require(${JSON.stringify(require.resolve('@grpc/grpc-js'))});
exports.Policy = class {};
exports.Config = class { static createFromJson() { return new exports.Config(); } };
experimental.registerLoadBalancerType('of the application', exports.Policy, exports.Config);
globalThis.isRegistered = () => experimental.parseLoadBalancingConfig({ 'of the application': {} }) instanceof exports.Config;
`,
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
  'clean-policy.test.js': `/** @jest-environment ./asking-environment.js */
${START}${OWN_PARTS}
require('./src/policy');
const { ChildLoadBalancerHandler, registerLoadBalancerType, selectLbConfigFromList } = experimental;
class Config {
  getLoadBalancerName() { return 'own'; }
  toJsonObject() { return { own: {} }; }
  static createFromJson() { return new Config(); }
}
class Policy {
  constructor(helper) { this.child = new ChildLoadBalancerHandler(helper); }
  updateAddressList(endpoints, config, ...rest) {
    return this.child.updateAddressList(endpoints, selectLbConfigFromList([{ round_robin: {} }]), ...rest);
  }
  exitIdle() { this.child.exitIdle(); }
  resetBackoff() { this.child.resetBackoff(); }
  destroy() { this.child.destroy(); }
  getTypeName() { return 'own'; }
}
registerLoadBalancerType('own', Policy, Config);
test('has a policy of its own', async () => {
  server = await serve();
  const options = { 'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ own: {} }] }) };
  client = new Client('127.0.0.1:' + server.port, credentials.createInsecure(), options);
  expect(await call(client, paths.answer, Infinity)).toBe(status.OK);
});
`,
  'clean-resolver.test.js': `${START}${OWN_PARTS}
class Resolver {
  constructor(target, listener) { this.listener = listener; }
  updateResolution() {
    const endpoint = { addresses: [{ host: '127.0.0.1', port: server.port }] };
    queueMicrotask(() => this.listener(experimental.statusOrFromValue([endpoint]), {}, null, ''));
  }
  destroy() { this.listener = () => {}; }
  static getDefaultAuthority() { return 'own'; }
}
experimental.registerResolver('own', Resolver);
test('has a resolver of its own', async () => {
  server = await serve();
  client = new Client('own:it', credentials.createInsecure());
  expect(await call(client, paths.answer, Infinity)).toBe(status.OK);
});
`,
  'clean-logger.test.js': `${START}${OWN_PARTS}
const logged = [];
setLogger({ error: (...words) => { logged.push(words); }, info() {}, debug() {} });
test('has a logger of its own, and a server that it never binds', async () => {
  const unbound = new Server();
  unbound.addService({ it: { path: paths.hang, requestStream: false, responseStream: false, ...io } }, { it: () => logged });
  server = await serve();
  client = new Client('127.0.0.1:' + server.port, credentials.createInsecure());
  expect(await call(client, paths.answer, Infinity)).toBe(status.OK);
});
`,
  'clean-oldest.test.js': `${start('grpc-js-1.8.5')}${OWN_PARTS}
test('is answered over 1.8', async () => {
  server = await serve();
  client = new Client('127.0.0.1:' + server.port, credentials.createInsecure());
  expect(await call(client, paths.answer, Infinity)).toBe(status.OK);
});
`,
  'asking-environment.js': `
const { withLeakgate } = require(${JSON.stringify(resolve(__dirname, '../../dist/runners/jest.js'))});
const { TestEnvironment } = require(${JSON.stringify(require.resolve('jest-environment-node'))});
module.exports = withLeakgate(class extends TestEnvironment {
  async teardown() {
    process.stderr.write('registered: ' + this.global.isRegistered() + '\\n');
    await super.teardown();
  }
});
`,
  'kept.test.js': `${START}
test('keeps what it has closed', () => {
  const client = new Client('127.0.0.1:1', credentials.createInsecure());
  client.close();
  require('./src/kept').kept.add(client);
});
const closed = () => {
  const client = new Client('127.0.0.1:1', credentials.createInsecure());
  client.close();
  return client;
};
const { bus, link, waiting } = require('./src/kept');
for (const each of ['one', 'another']) {
  test('listens with ' + each, () => { const client = closed(); bus.on('news', () => client.getChannel()); });
  test('links ' + each, () => { link(closed()); });
  test('lists a function with ' + each, () => { const client = closed(); waiting.set(each, { done: () => client.getChannel() }); });
  test('lets a library listen with ' + each, () => { require('hearing').hear(bus, closed()); });
  test('listens for once with ' + each, () => { const client = closed(); bus.once('day', () => client.getChannel()); bus.emit('day'); });
}
test('links a third one', () => { link(closed()); });
`,
};

describe('a test file that closes its gRPC clients and servers', () => {
  let run: JestRun;
  const snapshotsFor = async (file: string): Promise<number> => {
    run = await runJest({ files: FILES, args: ['-i', file], env: { NODE_OPTIONS: '--require ./counting.js' } });
    return run.output.split('a snapshot is taken').length - 1;
  };

  it('is left alone by what explains the heap, whatever it has given the library', async () => {
    expect(await snapshotsFor('clean')).toBe(0);
    expect(run.reports.map(({ file, findings }) => [basename(file), findings]).sort()).toEqual([
      ['clean-logger.test.js', []],
      ['clean-oldest.test.js', []],
      ['clean-policy.test.js', []],
      ['clean-resolver.test.js', []],
      ['clean.test.js', []],
    ]);
    expect([...run.tests].filter(([, { status }]) => status !== 'passed')).toEqual([]);
  });

  it('gets back what it has registered', () => {
    expect(run.output).toContain('registered: true');
  });

  it('is not, where something keeps what was closed', async () => {
    expect(await snapshotsFor('kept.test.js')).toBe(1);
    const found = findingsOf(run).map(({ kind, scope, root, message }) => [
      `${kind} ${root.kind}: ${scope.path.at(-1)}`,
      message.split('\n').at(-1),
    ]);
    expect(found.sort()).toEqual([
      ['retained grpc-channel: keeps what it has closed', 'Remove it from `exports.kept` when it is closed.'],
      ['retained grpc-channel: links another', 'Clear `client` when it is closed.'],
      ['retained grpc-channel: links one', 'Unlink it from the list that `first` begins when it is closed.'],
      ['retained grpc-channel: listens with another', 'Remove the listener that holds it when it is closed.'],
      ['retained grpc-channel: listens with one', 'Remove the listener that holds it when it is closed.'],
      ...['another', 'one'].map((each) => [
        `retained grpc-channel: lists a function with ${each}`,
        'Remove the function that holds it from `exports.waiting` when it is closed.',
      ]),
    ]);
  });
});
