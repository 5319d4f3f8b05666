import { resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf, openings } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

const leakgate = (options: object): Record<string, unknown> => ({
  testEnvironmentOptions: { leakgate: { graceMs: 50, ...options } },
});

const LEAKING = `
test('careless', () => {
  setTimeout(() => {}, 60_000);
});
`;

/** Past the budget of stacks the line of a late timer is known at the dearer levels only. */
const MANY = `
test('arms many timers, and forgets the last', () => {
  for (let i = 0; i < 5_000; i++) clearTimeout(setTimeout(() => {}, 60_000));
  setTimeout(() => {}, 60_000); // line 4
});
`;

/** A library opened it: whose it is shows at the end of the file. */
const LIBRARY = {
  'node_modules/pool/index.js': "exports.open = () => require('node:net').createServer().listen(0, '127.0.0.1');\n",
  'library.test.js': `
const { open } = require('pool');
let server;
test('opens through a library', async () => {
  server = open();
});
test('closes it', (done) => {
  server.close(done);
});
`,
};

/** A library that connects behind several promises: not one frame of the caller's is left. */
const BEHIND_PROMISES = {
  'node_modules/slow-client/index.js': `
const net = require('node:net');
exports.connect = (port) => {
  const ready = Promise.resolve().then(() => {}).then(() => {}).then(() => {});
  void ready.then(() => new Promise((done) => setImmediate(done))).then(() => { net.connect(port, '127.0.0.1'); });
};
`,
  'client.test.js': `
const { connect } = require('slow-client');
const net = require('node:net');
let server;
beforeAll((done) => { server = net.createServer((socket) => socket.unref()).listen(0, '127.0.0.1', done); });
afterAll(() => { server.close(); });
test('connects', async () => {
  connect(server.address().port); // line 8
  await new Promise((done) => server.once('connection', done));
});
`,
};

describe('levels', () => {
  it('records nothing when off, whoever says so', async () => {
    const pragma = `/** @leakgate off */\n${LEAKING}`;
    const byConfig = await runJest({
      files: { 'a.test.js': LEAKING },
      config: leakgate({ level: 'off' }),
      args: ['--forceExit'],
    });
    expect([byConfig.code, byConfig.reports.length]).toEqual([0, 0]);
    const run = await runJest({
      files: { 'a.test.js': pragma, 'b.test.js': LEAKING },
      config: leakgate({}),
      args: ['--forceExit', '-i'],
    });
    expect(openings(run)).toEqual(['b.test.js:3']);
  });

  it('captures every stack at trace, by a docblock for one file', async () => {
    const files = { 'a.test.js': `/** @leakgate level=trace graceMs=20 */${MANY}` };
    const run = await runJest({ files });
    expect(openings(run)).toEqual(['a.test.js:4']);
    expect(run.reports.map(({ level }) => level)).toEqual(['trace']);
  });

  it('follows the user’s line through promises at trace', async () => {
    const lines = async (level: string): Promise<unknown[]> => {
      const run = await runJest({ files: BEHIND_PROMISES, config: leakgate({ level }) });
      const socket = findingsOf(run).find(({ root }) => root.kind === 'tcp-socket');
      return [socket?.scope.path.join(), socket?.openedAt?.line];
    };
    expect(await lines('trace')).toEqual(['connects', 8]);
    expect((await lines('gate'))[0]).toBe('connects');
  });

  it('waits with what a library opened, save at paranoid', async () => {
    const patient = await runJest({ files: LIBRARY, config: leakgate({}) });
    expect(patient.code).toBe(0);
    const paranoid = await runJest({ files: LIBRARY, config: leakgate({ level: 'paranoid', leftovers: 'keep' }) });
    expect(findingsOf(paranoid).map(({ scope, openedBy }) => [scope.path.join(), openedBy])).toEqual([
      ['opens through a library', 'pool'],
    ]);
    expect(paranoid.tests.get('closes it')?.status).toBe('passed');
  });
});

describe('options', () => {
  it('fails a file for a wrong option with one sentence and no stack of ours', async () => {
    const run = await runJest({
      files: { 'a.test.js': LEAKING },
      config: { testEnvironmentOptions: { leakgate: { graceMS: 50 } } },
    });
    expect(run.code).toBe(1);
    expect(run.output).toMatch(
      /● Test suite failed to run\n\n {4}UsageError: testEnvironmentOptions\.leakgate in the Jest configuration: graceMS is unknown; the options are [^\n]*\n\nTest Suites: 1 failed/,
    );
  });

  it('takes them from package.json and from the environment, the later winning', async () => {
    const run = await runJest({
      files: { 'a.test.js': LEAKING, 'package.json': '{ "leakgate": { "level": "paranoid", "graceMs": 20 } }' },
      env: { LEAKGATE_LEVEL: 'trace' },
    });
    expect(run.reports.map(({ level }) => level)).toEqual(['trace']);
  });
});

const ALLOWING = `
const { leakgate, findLeaks, assertNoLeaks } = require('leakgate');
test('accepts its own, with a reason', () => {
  leakgate.allow({ kind: 'timeout', reason: 'lives as long as the process' });
  setTimeout(() => {}, 60_000);
});
test('allows what never comes', () => {
  leakgate.allow({ kind: 'interval', reason: 'once there was one' });
});
test('gives no reason', () => {
  leakgate.allow({ kind: 'interval' });
});
test('looks at a block within a gated test', async () => {
  const [leak, ...others] = await findLeaks(() => {
    setTimeout(() => {}, 60_000);
  });
  expect(others).toEqual([]);
  expect(leak.message).toContain('was armed in this block, but never cleared.');
  await expect(assertNoLeaks(() => setInterval(() => {}, 1_000))).rejects.toThrow('An interval of 1 s');
  await assertNoLeaks(() => clearTimeout(setTimeout(() => {}, 60_000)));
}, 30_000);
describe('a suite', () => {
  beforeAll(() => leakgate.allow({ kind: 'timeout', reason: 'all tests of this suite do' }));
  test('is covered by its suite', () => {
    setTimeout(() => {}, 60_000);
  });
});
`;

const MODERN = `
import { leakgate, findLeaks } from 'leakgate';
test('accepts its own from an ES module', () => {
  leakgate.allow({ kind: 'timeout', reason: 'lives as long as the process' });
  setTimeout(() => {}, 60_000);
});
test('looks at a block', async () => {
  expect(await findLeaks(() => setTimeout(() => {}, 60_000))).toHaveLength(1);
});
`;

describe('the public API in a test', () => {
  const mapped = { moduleNameMapper: { '^leakgate$': resolve(__dirname, '../../dist/index.js') } };

  it('accepts with a reason, reports what matched nothing, and looks at blocks', async () => {
    const run = await runJest({ files: { 'a.test.js': ALLOWING }, config: { ...leakgate({}), ...mapped } });
    expect([...run.tests].map(([name, { status }]) => `${name}: ${status}`)).toEqual([
      'accepts its own, with a reason: passed',
      'allows what never comes: failed',
      'gives no reason: failed',
      'looks at a block within a gated test: passed',
      'a suite is covered by its suite: passed',
    ]);
    expect(run.tests.get('allows what never comes')?.messages).toContain(
      'An allowance matched nothing: interval ("once there was one").',
    );
    expect(run.tests.get('gives no reason')?.messages).toContain('a rule without a reason cannot be reviewed');
    expect(findingsOf(run).map(({ kind }) => kind)).toEqual(['unused-allow']);
  });

  it('can be imported from an ES module', async () => {
    const run = await runJest({
      files: { 'a.test.mjs': MODERN },
      nodeArgs: ['--experimental-vm-modules', '--no-warnings'],
      config: {
        ...leakgate({}),
        ...mapped,
        testMatch: ['**/*.test.mjs'],
        moduleFileExtensions: ['mjs', 'js'],
        transform: {},
      },
    });
    expect([...run.tests.values()].map(({ status, messages }) => [status, messages])).toEqual([
      ['passed', ''],
      ['passed', ''],
    ]);
    expect(run.code).toBe(0);
  });
});
