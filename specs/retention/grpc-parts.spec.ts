import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectClaims, findingsOf } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';

const GRPC = JSON.stringify(require.resolve('@grpc/grpc-js'));

/** An application that lists what gRPC makes for it, and forgets it again only if it is told to. */
const LISTS = `
exports.calls = new Set();
exports.served = new Set();
exports.policies = new Map();
exports.resolvers = new Set();
exports.connections = new Map();
exports.streams = new Set();
`;

/** A policy and a resolver of the application's own, which are in its lists for as long as they live, and longer if they are not to be forgotten. */
const PARTS = `
const { experimental, ServerCredentials } = require(${GRPC});
const lists = require('./lists');
const PICK_FIRST = [{ pick_first: {} }];
let next = 0;
class Listed {
  constructor(helper) {
    const counted = experimental.createChildChannelControlHelper(helper, {
      createSubchannel: (address, args) => {
        const subchannel = helper.createSubchannel(address, args);
        if (this.lists('connections')) lists.connections.set(this.id, subchannel);
        return subchannel;
      },
    });
    this.id = 'policy ' + next++;
    this.child = new experimental.ChildLoadBalancerHandler(counted);
    if (this.lists('policies')) lists.policies.set(this.id, this);
  }
  lists(what) { return this.getTypeName().endsWith(what); }
  updateAddressList(endpoints, _config, options, note) {
    return this.child.updateAddressList(endpoints, experimental.selectLbConfigFromList(PICK_FIRST), options, note);
  }
  exitIdle() { this.child.exitIdle(); }
  resetBackoff() { this.child.resetBackoff(); }
  destroy() {
    this.child.destroy();
    if (this.getTypeName().startsWith('forgetting')) {
      lists.policies.delete(this.id);
      lists.connections.delete(this.id);
    }
  }
}
exports.choose = (name) => {
  class Config {
    getLoadBalancerName() { return name; }
    toJsonObject() { return { [name]: {} }; }
    static createFromJson() { return new Config(); }
  }
  class Policy extends Listed {
    getTypeName() { return name; }
  }
  experimental.registerLoadBalancerType(name, Policy, Config);
  return { 'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ [name]: {} }] }) };
};
class Discovery {
  told = false;
  constructor(target, listener) {
    this.forgets = target.path.includes('forgotten');
    this.port = Number(/\\d+/.exec(target.path)[0]);
    this.listener = listener;
    lists.resolvers.add(this);
  }
  static getDefaultAuthority() { return 'localhost'; }
  updateResolution() {
    if (this.told) return;
    this.told = true;
    const addresses = [{ addresses: [{ host: '127.0.0.1', port: this.port }] }];
    queueMicrotask(() => this.listener(experimental.statusOrFromValue(addresses), {}, null, ''));
  }
  destroy() { if (this.forgets) lists.resolvers.delete(this); }
}
experimental.registerResolver('listed', Discovery);

const text = {
  requestSerialize: (value) => Buffer.from(value),
  requestDeserialize: (bytes) => bytes.toString(),
  responseSerialize: (value) => Buffer.from(value),
  responseDeserialize: (bytes) => bytes.toString(),
};
exports.text = text;
exports.serve = async (server, served = () => {}, bind = (bound) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound)) => {
  server.addService({ say: { path: '/Echo/Say', requestStream: false, responseStream: false, ...text } }, {
    say(call, done) { served(call); done(null, call.request); },
  });
  return { port: await new Promise((done) => bind((_error, port) => done(port))), stop: () => new Promise((done) => server.tryShutdown(done)) };
};
exports.say = (client, started = () => {}) => new Promise((done, fail) => {
  started(client.makeUnaryRequest('/Echo/Say', text.requestSerialize, text.responseDeserialize, 'hello', (error, answer) =>
    error === null ? done(answer) : fail(error)));
});
`;

const START = `
const { Client, Server, credentials } = require(${GRPC});
const lists = require('./lists');
const { choose, say, serve } = require('./parts');
const insecure = credentials.createInsecure();
let server;
beforeAll(async () => { server = await serve(new Server()); });
afterAll(() => server.stop());
const target = () => '127.0.0.1:' + server.port;
`;

const FILES = {
  'lists.js': LISTS,
  'parts.js': PARTS,
  'calls.test.js': `${START}
const { text } = require('./parts');
let client, last;
beforeAll(() => { client = new Client(target(), insecure); });
afterAll(() => client.close());
const call = async (started) => expect(await say(client, started)).toBe('hello');
test('leaks calls that are listed', async () => {
  const over = new Promise((done) => {
    const call = client.makeUnaryRequest('/Echo/Say', text.requestSerialize, text.responseDeserialize, 'hello', done); // opens
    lists.calls.add(call);
  });
  expect(await over).toBe(null);
});
test('takes its call off the list', async () => {
  await call((started) => {
    lists.calls.add(started);
    started.once('status', () => lists.calls.delete(started));
  });
});
test('knows its last call', () => call((started) => { last = started; }));
`,
  'served.test.js': `
const { Client, Server, ServerCredentials, credentials } = require(${GRPC});
const { say, serve } = require('./parts');
const lists = require('./lists');
const ask = async (server) => {
  const client = new Client('127.0.0.1:' + server.port, credentials.createInsecure());
  await say(client);
  client.close();
  await server.stop();
};
test('leaks what its server was asked', async () => {
  const server = new Server();
  const noted = (call) => lists.served.add(call);
  await ask(await serve(server, noted, (bound) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound))); // opens
});
test('forgets what its server was asked', async () => {
  await ask(await serve(new Server(), (call) => {
    lists.served.add(call);
    setImmediate(() => lists.served.delete(call));
  }));
});
`,
  'policies.test.js': `${START}
test('leaks a policy that is listed', async () => {
  const client = new Client(target(), insecure, choose('listing policies')); // opens
  await say(client);
  client.close();
});
test('has a policy that is taken off the list', async () => {
  const client = new Client(target(), insecure, choose('forgetting policies'));
  await say(client);
  client.close();
});
test('leaks a subchannel that is listed', async () => {
  const client = new Client(target(), insecure, choose('listing connections')); // opens
  await say(client);
  client.close();
});
test('has a subchannel that is taken off the list', async () => {
  const client = new Client(target(), insecure, choose('forgetting connections'));
  await say(client);
  client.close();
});
`,
  'resolvers.test.js': `${START}
test('leaks a resolver that is listed', async () => {
  const client = new Client('listed:kept-' + server.port, insecure); // opens
  await say(client);
  client.close();
});
test('has a resolver that is taken off the list', async () => {
  const client = new Client('listed:forgotten-' + server.port, insecure);
  await say(client);
  client.close();
});
`,
  'kept-open.test.js': `
const { say } = require('./parts');
const { cleanUp, open } = require('./kept');
afterAll(() => cleanUp());
test('calls by what the application keeps open', async () => {
  const client = await open();
  for (let time = 0; time < 20; time++) await say(client);
});
test('goes on with it', async () => {
  await say(await open());
});
`,
  'kept.js': `
const { Client, Server, credentials } = require(${GRPC});
const { choose, serve } = require('./parts');
const kept = new Map();
exports.open = async () => {
  if (!kept.has('one')) {
    const server = await serve(new Server());
    kept.set('one', { server, client: new Client('127.0.0.1:' + server.port, credentials.createInsecure(), choose('forgetting policies')) });
  }
  return kept.get('one').client;
};
exports.cleanUp = async () => {
  const { client, server } = kept.get('one');
  client.close();
  await server.stop();
  kept.clear();
};
`,
  'streams.test.js': `
const http2 = require('node:http2');
const { once } = require('node:events');
const lists = require('./lists');
let server, session;
beforeAll(async () => {
  server = http2.createServer((request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  session = http2.connect('http://127.0.0.1:' + server.address().port);
  await once(session, 'connect');
});
afterAll(async () => {
  session.close();
  server.close();
  await once(server, 'close');
});
const ended = async (stream) => {
  stream.resume();
  await once(stream, 'close');
};
test('leaks a stream that is listed', async () => {
  const stream = session.request({ ':path': '/listed' }); // opens
  lists.streams.add(stream);
  await ended(stream);
});
test('takes its stream off the list', async () => {
  const stream = session.request({ ':path': '/forgotten' });
  lists.streams.add(stream);
  await ended(stream);
  lists.streams.delete(stream);
});
`,
};

describe('what gRPC and HTTP/2 made for a test, is over and still listed', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files: FILES, args: ['--maxWorkers=2'] });
  }, 120_000);

  const says = (file: string) =>
    findingsOf(run)
      .filter(({ scope }) => scope.file.endsWith(`/${file}`))
      .map(({ message }) => message);

  it('is a finding of the test that opened it, or whose client it was a part of, and nothing else is', () => {
    expectClaims(run, FILES);
    expect(run.reports.flatMap(({ probeFailures }) => probeFailures)).toEqual([]);
  });

  it('is told by its name, as a part of one client no finding beside that client, and with the list to take it from', () => {
    expect(says('calls.test.js')).toEqual([
      'A gRPC call /Echo/Say was ended in this test, yet is still reachable.\nRemove it from `calls` when it is ended.',
    ]);
    expect(says('policies.test.js')).toEqual([
      'A listing policies policy was destroyed in this test, yet is still reachable.\nRemove it from `policies` when it is destroyed.',
      expect.stringMatching(
        /^A gRPC client channel to 127\S+ was closed in this test, yet is still reachable\.\nRemove it from `connections` when it is closed\.$/,
      ),
    ]);
    expect(says('resolvers.test.js')).toEqual([
      expect.stringMatching(
        /^A name resolver of listed:kept-\d+ was destroyed in this test, yet is still reachable\.\nRemove it from `resolvers` when it is destroyed\.$/,
      ),
    ]);
    expect([...says('served.test.js'), ...says('streams.test.js')]).toEqual([
      'An HTTP/2 stream was closed in this test, yet is still reachable.\nRemove it from `served` when it is closed.',
      'An HTTP/2 stream /listed was closed in this test, yet is still reachable.\nRemove it from `exports.streams` when it is closed.',
    ]);
  });
});
