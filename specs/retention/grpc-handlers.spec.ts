import { basename, resolve } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';

jest.setTimeout(90_000);

/** An application's service, which has its ways of waiting. */
const SERVICE = `
const { EventEmitter, once } = require('node:events'), { promised } = require('promised');
const bus = new EventEmitter(), gate = new (class Gate {})();
const callbacks = new Map();
const wakers = new Map();
const subscribers = new Set();
const forever = new Promise(() => {}), never = async function* () { await forever; yield ''; };
exports.works = new EventEmitter(); let only;
const asked = (what) => new Promise((done) => { gate[what] = done; globalThis.ask(() => { gate[what](); delete gate[what]; }); });
const work = () => exports.works.emit('work');
exports.handlers = {
  parks(call, answer) { work(); callbacks.set(call.request, answer); }, // line 12
  async sleeps(call, answer) { work(); await new Promise((wake) => wakers.set(call.request, wake)); answer(null, ''); }, // line 13
  listens(call, answer) { work(); bus.once('news', (news) => answer(null, news)); }, // line 14
  subscribes(call) { work(); subscribers.add(call); }, // line 15
  parksAlone(call, answer) { work(); only = answer; }, // line 16
  async sleepsAlone(call, answer) { work(); await new Promise((wake) => { gate.open = wake; }); answer(null, ''); }, // line 17
  async waitsForEver(call, answer) { work(); await forever; answer(null, ''); }, // line 18
  promises: promised(async function () { work(); await forever; return ''; }), // line 19
  async subscribesForEver(call) { work(); for await (const news of never()) call.write(news); call.end(); }, // line 20
  unsubscribes(call) { work(); subscribers.add(call); call.on('cancelled', () => subscribers.delete(call)); },
  doesNothing() { work(); },
  waitsForNothing: async (call, answer) => { work(); await new Promise(() => {}); answer(null, ''); },
  waitsUntilCancelled: async (call) => { work(); await Promise.race([forever, once(call, 'cancelled')]); },
  namesTheLast(call) { work(); only = call; },
  recordsTheLast(...args) { work(); only = args; },
  recordsThemAll: jest.fn(work),
  isSlow: async (call, answer) => { work(); await asked('slow'); answer(null, ''); },
  isSlowAndSilent: async (call, answer) => { work(); await asked('silent'); },
  keepsTheRequest(call) { work(); callbacks.set('last', call.request); },
  answersTooLate(call, answer) { work(); callbacks.set('late', answer); call.on('cancelled', () => answer(null, '')); },
};
`;

/** Around its tests somebody is there whose answers take their time, and outlast a test. */
const ANSWERING = `
const { Worker } = require('node:worker_threads');
const { withLeakgate } = require(${JSON.stringify(resolve(__dirname, '../../dist/runners/jest.js'))});
const { TestEnvironment } = require(${JSON.stringify(require.resolve('jest-environment-node'))});
module.exports = withLeakgate(class extends TestEnvironment {
  async setup() {
    await super.setup();
    const code = "const { parentPort } = require('worker_threads'); parentPort.on('message', () => setTimeout(() => parentPort.postMessage(''), 1500))";
    this.worker = new Worker(code, { eval: true });
    this.worker.unref();
    this.global.ask = (answer) => { this.worker.once('message', answer); this.worker.postMessage(''); };
  }
  async teardown() {
    await this.worker.terminate();
    await super.teardown();
  }
});
`;

/** Each test has a handler called, gives it up once it is at work, and cleans up. What the test itself could let go is nobody's. */
const testsOver = (grpc: string, tests: string): string => `
const grpc = require(${JSON.stringify(require.resolve(grpc))});
const { once } = require('node:events');
const { handlers, works } = require('./src/service');
const io = {
  requestSerialize: (text) => Buffer.from(text), requestDeserialize: String,
  responseSerialize: (text) => Buffer.from(text), responseDeserialize: String,
};
const own = new Map();
const mocked = jest.fn(() => works.emit('work'));
const all = { ...handlers, mocked, parksInItsTest(call, answer) { works.emit('work'); own.set(call.request, answer); } };

async function giveUp(name, how) {
  const path = '/waits.Service/' + name;
  const responseStream = /subscribes/.test(name);
  const server = new grpc.Server();
  server.addService({ it: { path, requestStream: false, responseStream, ...io } }, { it: all[name] });
  const port = await new Promise((done, fail) => {
    const insecure = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', insecure, (error, bound) => error ? fail(error) : done(bound));
  });
  server.start();
  const client = new grpc.Client('127.0.0.1:' + port, grpc.credentials.createInsecure());
  await new Promise((done) => client.waitForReady(Date.now() + 20_000, done));
  const send = (deadline, done) => responseStream
    ? client.makeServerStreamRequest(path, io.requestSerialize, String, name, { deadline }).on('error', done)
    : client.makeUnaryRequest(path, io.requestSerialize, String, name, { deadline }, done);
  if (how === 'deadline') {
    let isAtWork = false;
    works.once('work', () => { isAtWork = true; });
    while (!isAtWork) await new Promise((done) => send(Date.now() + 200, done));
  } else {
    const atWork = once(works, 'work');
    const ended = new Promise((done) => { atWork.then(() => how === 'cancel' ? call.cancel() : server.forceShutdown()); const call = send(Infinity, done); });
    await ended;
  }
  client.close();
  if (how !== 'force') await new Promise((done) => server.tryShutdown(done));
}
${tests}
`;

const FILES = {
  'src/service.js': SERVICE,
  'node_modules/promised/index.js':
    'exports.promised = (handle) => (call, answer) => void handle(call).then((value) => answer(null, value), answer);',
  'newest.test.js': testsOver(
    '@grpc/grpc-js',
    `
test('parks until a deadline', () => giveUp('parks', 'deadline'));
test('sleeps until it is cancelled', () => giveUp('sleeps', 'cancel'));
test('listens until its server is shut down', () => giveUp('listens', 'force'));
test('subscribes until it is cancelled', () => giveUp('subscribes', 'cancel'));
test('parks alone until a deadline', () => giveUp('parksAlone', 'deadline'));
test('sleeps alone until its server is shut down', () => giveUp('sleepsAlone', 'force'));
test('waits for ever until it is cancelled', () => giveUp('waitsForEver', 'cancel'));
test('promises until it is cancelled', () => giveUp('promises', 'cancel'));
test('subscribes for ever until it is cancelled', () => giveUp('subscribesForEver', 'cancel'));
`,
  ),
  'oldest.test.js': testsOver(
    'grpc-js-1.8.5',
    `
test('parks over 1.8', () => giveUp('parks', 'cancel'));
test('parks alone over 1.8', () => giveUp('parksAlone', 'cancel'));
`,
  ),
  'clean-late.test.js': testsOver(
    '@grpc/grpc-js',
    `test('answers too late', () => giveUp('answersTooLate', 'cancel'));`,
  ),
  'clean.test.js': testsOver(
    '@grpc/grpc-js',
    `
test.each(['unsubscribes', 'doesNothing', 'waitsForNothing', 'waitsUntilCancelled', 'keepsTheRequest', 'mocked', 'parksInItsTest',
  'namesTheLast', 'recordsTheLast'])('is given up, and %s', (name) => giveUp(name, 'cancel'));
test.each(['this', 'that'])('is given up, and recorded by %s', () => giveUp('recordsThemAll', 'cancel'));
`,
  ),
  'clean-slow.test.js': testsOver(
    '@grpc/grpc-js',
    `
test.each(['isSlow', 'isSlowAndSilent'])('is given up, and %s', (name) => giveUp(name, 'cancel'));
`,
  ).replace(
    /^/,
    `/**
 * @jest-environment ./answering-environment.js
 * @leakgate graceMs=20000
 */`,
  ),
  'answering-environment.js': ANSWERING,
};

describe('a gRPC handler nobody waits for any more', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files: FILES, args: ['--maxWorkers=2'] });
  });

  it('is found where something of the application’s keeps it waiting, at its own line', () => {
    const found = findingsOf(run).map(({ kind, scope, openedAt, root, message }) => [
      scope.path.join(),
      `${kind} ${root.label} ${basename(openedAt?.file ?? '')}:${openedAt?.line}`,
      message.split('\n').at(-1),
    ]);
    expect(found.sort()).toEqual([
      [
        'listens until its server is shut down',
        'retained of /waits.Service/listens service.js:14',
        'Remove the listener that holds it when it is given up.',
      ],
      [
        'parks alone over 1.8',
        'retained of /waits.Service/parksAlone service.js:16',
        'Clear `only` when it is given up.',
      ],
      [
        'parks alone until a deadline',
        'retained of /waits.Service/parksAlone service.js:16',
        'Clear `only` when it is given up.',
      ],
      [
        'parks over 1.8',
        'retained of /waits.Service/parks service.js:12',
        'Remove the function that holds it from `callbacks` when it is given up.',
      ],
      [
        'parks until a deadline',
        'retained of /waits.Service/parks service.js:12',
        'Remove the function that holds it from `callbacks` when it is given up.',
      ],
      [
        'promises until it is cancelled',
        'retained of /waits.Service/promises service.js:19',
        'End the wait for `forever` when it is given up.',
      ],
      [
        'sleeps alone until its server is shut down',
        'retained of /waits.Service/sleepsAlone service.js:17',
        'End the wait for `Gate.open` when it is given up.',
      ],
      [
        'sleeps until it is cancelled',
        'retained of /waits.Service/sleeps service.js:13',
        'Remove the function that holds it from `wakers` when it is given up.',
      ],
      [
        'subscribes for ever until it is cancelled',
        'retained of /waits.Service/subscribesForEver service.js:20',
        'End the wait for `forever` when it is given up.',
      ],
      [
        'subscribes until it is cancelled',
        'retained of /waits.Service/subscribes service.js:15',
        'Remove it from `subscribers` when it is given up.',
      ],
      [
        'waits for ever until it is cancelled',
        'retained of /waits.Service/waitsForEver service.js:18',
        'End the wait for `forever` when it is given up.',
      ],
    ]);
    expect(findingsOf(run)[0]?.message).toMatch(
      /^An unanswered gRPC call of \S+ was given up in this test, yet is still reachable\.\n/,
    );
  });

  it('is over where nothing leads to it, it has answered, or its test could let it go', () => {
    const clean = [...run.tests].filter(([, { file }]) => file.startsWith('clean'));
    expect(clean.map(([name, { status, messages }]) => `${name}: ${status}${messages}`)).toEqual(
      clean.map(([name]) => `${name}: passed`),
    );
    expect(clean).toHaveLength(14);
  });
});
