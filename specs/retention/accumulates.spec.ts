import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectClaims, findingsOf } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';

/** An application that notes its connections in every way there is but a `Map` and a `Set` of a module. */
const NOTES = `
const { EventEmitter } = require('node:events');
const byName = {};
const byNumber = {};
const bare = Object.create(null);
const constant = [];
const array = [];
const exits = [];
const closers = new Set();
const notes = (() => { const seen = new Map(); return (id, socket) => { seen.set(id, socket); }; })();
class Connection {
  static all = new Set();
  constructor(socket) {
    this.socket = socket;
    Connection.all.add(this);
  }
}
let head;
globalThis.connections = [];
exports.bus = new EventEmitter();
exports.note = {
  byName: (socket, id) => { byName['connection ' + id] = socket; },
  byNumber: (socket, id) => { byNumber[id * 7] = socket; },
  bare: (socket, id) => { bare[id === 1 ? 'first' : 'second'] = socket; },
  array: (socket) => { array.push(socket); },
  constant: (socket) => { constant.push(socket); },
  global: (socket) => { globalThis.connections.push(socket); },
  functions: (socket) => { exits.push(() => socket.destroy()); },
  closers: (socket) => { closers.add({ close: () => socket.destroy() }); },
  listener: (socket) => { exports.bus.on('drain', () => socket.resume()); },
  closure: (socket, id) => notes(id, socket),
  static: (socket) => { new Connection(socket); },
  chain: (socket) => { head = { socket, next: head }; },
};
`;

/** The same ways, without anything that becomes more. */
const MEMOS = `
const { EventEmitter } = require('node:events');
const { Pool } = require('pooly');
const slots = { primary: undefined, secondary: undefined, backup: undefined };
const history = { last: undefined, before: undefined };
const servers = [];
const named = new Map();
const exits = [];
const bus = new EventEmitter();
const byName = {};
let pair = [];
let current;
let stop = () => {};
let listed = new Pool();
class Connection { static last; }
exports.pool = listed;
exports.remember = {
  slots: (socket, id) => { slots[id === 1 ? 'primary' : 'secondary'] = socket; slots.backup = socket; },
  history: (socket) => { history.before = history.last; history.last = socket; },
  pair: (socket) => { pair = [socket, socket]; },
  static: (socket) => { Connection.last = socket; },
  current: (socket) => { current = { socket, previous: current && { socket: current.socket } }; },
  global: (socket) => { globalThis.lastConnection = socket; },
  listener: (socket) => {
    bus.removeAllListeners('drain');
    bus.on('drain', () => socket.resume());
  },
  stop: (socket) => { stop = () => socket.destroy(); },
  functions: (socket) => {
    const exit = () => socket.destroy();
    exits.push(exit);
    socket.once('close', () => { exits.splice(exits.indexOf(exit), 1); });
  },
  forgets: (socket, id) => {
    byName['connection ' + id] = socket;
    socket.once('close', () => { delete byName['connection ' + id]; });
  },
  library: (socket) => { listed.adopt(socket); },
};
exports.state = () => [slots, history, pair, Connection, current, stop, exits, bus, byName];
exports.start = async (server) => {
  servers.push(server);
  named.set('server ' + servers.length, server);
  exits.push(() => server.close());
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
};
exports.stopAll = () => Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
`;

const POOLY = `
exports.Pool = class Pool {
  #all = new Set();
  all = new Map();
  adopt(socket) {
    this.#all.add(socket);
    this.all.set(socket, socket);
  }
};
`;

const START = `
const net = require('node:net');
const { once } = require('node:events');
let server, port;
beforeAll(async () => {
  server = net.createServer((socket) => socket.resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = server.address().port;
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
});
const ended = async (socket) => {
  socket.end();
  await once(socket, 'close');
};
`;

const WAYS = ['byName', 'byNumber', 'bare', 'array', 'global', 'functions', 'closers', 'listener', 'closure', 'static'];

const inTwoTests = (ways: readonly string[]): string =>
  ways
    .flatMap((way) =>
      [1, 2].map(
        (id) => `
test('leaks by ${way}, ${id}', async () => {
  const socket = net.connect(port, '127.0.0.1'); // opens
  note.${way}(socket, ${id});
  await ended(socket);
});`,
      ),
    )
    .join('');

const MEMORIES = [
  'slots',
  'history',
  'pair',
  'static',
  'current',
  'global',
  'listener',
  'stop',
  'functions',
  'forgets',
  'library',
];

const FILES = {
  'notes.js': NOTES,
  'memos.js': MEMOS,
  'node_modules/pooly/index.js': POOLY,
  'node_modules/pooly/package.json': '{ "name": "pooly", "version": "1.0.0", "main": "index.js" }',
  'notes.test.js': `${START}
const { note } = require('./notes');
${inTwoTests(WAYS)}
test('leaks two in one test by a constant', async () => {
  for (let time = 0; time < 2; time++) {
    const socket = net.connect(port, '127.0.0.1'); // opens
    note.constant(socket);
    await ended(socket);
  }
});
test('leaks by chain, at its end', async () => {
  const socket = net.connect(port, '127.0.0.1'); // opens
  note.chain(socket);
  await ended(socket);
});
test('leaks by chain, in its middle', async () => {
  const socket = net.connect(port, '127.0.0.1'); // opens
  note.chain(socket);
  await ended(socket);
});
test('is the head of the chain', async () => {
  const socket = net.connect(port, '127.0.0.1');
  note.chain(socket);
  await ended(socket);
});
`,
  'memos.test.js': `${START}
const { remember, start, state, stopAll } = require('./memos');
afterAll(async () => {
  await stopAll();
  expect(state()).toHaveLength(9);
});
${MEMORIES.flatMap((way) =>
  [1, 2, 3].map(
    (id) => `
test('remembers by ${way}, ${id}', async () => {
  const socket = net.connect(port, '127.0.0.1');
  remember.${way}(socket, ${id});
  await ended(socket);
});`,
  ),
).join('')}
test('has a server started that is stopped after all', () => start(net.createServer()));
test('has another one', () => start(net.createServer()));
`,
  'listener.test.js': `${START}
const { bus, note } = require('./notes');
afterAll(() => expect(bus.listenerCount('drain')).toBe(1));
test('leaves one listener', async () => {
  const socket = net.connect(port, '127.0.0.1');
  note.listener(socket);
  note.functions(socket);
  note.byName(socket, 1);
  note.constant(socket);
  await ended(socket);
});
test('leaves none', () => {});
`,
};

describe('what becomes one more with every test is listed for ever, whatever lists it', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files: FILES, args: ['--maxWorkers=2'] });
  }, 120_000);

  /** The second line of each message of the tests that leak this way. */
  const remedies = (way: string) =>
    findingsOf(run)
      .filter(({ scope }) => scope.path.join(' ').startsWith(`leaks by ${way},`))
      .map(({ message }) => message.split('\n')[1]);

  it('is a finding of each of these tests; a slot, a tuple, a record, one listener, a library’s list and what is stopped after all are none', () => {
    expectClaims(run, FILES);
    expect(findingsOf(run).filter(({ kind }) => kind !== 'retained')).toEqual([]);
    expect(run.reports.flatMap(({ probeFailures }) => probeFailures)).toEqual([]);
  });

  it('says where to take it from', () => {
    const twice = (remedy: string): readonly string[] => [remedy, remedy];
    expect(remedies('byName')).toEqual(twice('Remove it from `byName` when it is closed.'));
    expect(remedies('byNumber')).toEqual(twice('Remove it from `byNumber` when it is closed.'));
    expect(remedies('bare')).toEqual(twice('Remove it from `bare` when it is closed.'));
    expect(remedies('functions')).toEqual(twice('Remove the function that holds it from `exits` when it is closed.'));
    expect(remedies('listener')).toEqual(twice('Remove the listener that holds it when it is closed.'));
    expect(remedies('closure')).toEqual(twice('Remove it from `seen` when it is closed.'));
    expect(remedies('static')).toEqual(twice('Remove it from `all` when it is closed.'));
    expect(remedies('chain')[0]).toBe('Unlink it from the list that `head` begins when it is closed.');
  });
});
