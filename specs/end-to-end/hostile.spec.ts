import { resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf, openings } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

const QUICK = { testEnvironmentOptions: { leakgate: { graceMs: 50 } } };
const CLEAN = { 'clean.test.js': "test('clean', () => {});\n" };

/** A core class's constructor is of the realm Jest and the gate run in: a way out of the sandbox. */
const OUTER = "const outer = (name) => require('node:http').Server.constructor('return ' + name)();";

const TAMPERING = {
  'error.test.js': `
test('leaks under a stack formatter that throws', () => {
  Error.prepareStackTrace = () => { throw new Error('hostile'); };
  setTimeout(() => {}, 60_000); // opens
});
test('leaks with a limit of no frames', () => {
  Error.prepareStackTrace = undefined;
  Error.stackTraceLimit = 0;
  setTimeout(() => {}, 60_000); // opens
});
test('leaks without captureStackTrace', () => {
  delete Error.captureStackTrace;
  delete Error.stackTraceLimit;
  setTimeout(() => {}, 60_000); // opens
});
test('leaks with Error frozen', () => {
  Object.freeze(Error);
  setTimeout(() => {}, 60_000); // opens
});
`,
  'outer-error.test.js': `
${OUTER}
const OuterError = outer('Error');
test('leaves its own Error alone', () => {
  expect(OuterError).not.toBe(Error);
});
test('leaks under an outer formatter that throws', () => {
  OuterError.prepareStackTrace = () => { throw new OuterError('hostile'); };
  setTimeout(() => {}, 60_000); // opens
});
test('leaks with an outer limit of no frames', () => {
  OuterError.prepareStackTrace = undefined;
  OuterError.stackTraceLimit = 0;
  setTimeout(() => {}, 60_000); // opens
});
`,
  'timers.test.js': `
test('leaks through a patched setTimeout', () => {
  const real = setTimeout;
  globalThis.setTimeout = (...args) => real(...args);
  real(() => {}, 60_000); // opens
});
test('leaks with the globals deleted', () => {
  delete globalThis.setTimeout;
  delete globalThis.setImmediate;
  delete globalThis.clearTimeout;
  require('node:timers').setTimeout(() => {}, 60_000); // opens
});
test('leaks with the core module patched', () => {
  const timers = require('node:timers');
  const real = timers.setTimeout;
  const hostile = () => { throw new Error('hostile'); };
  Object.assign(timers, { setTimeout: hostile, setImmediate: hostile, clearTimeout: hostile });
  real(() => {}, 60_000); // opens
});
test('clean afterwards', () => {});
`,
  'frozen.test.js': `
Object.freeze(process);
Object.freeze(globalThis);
test('leaks in a frozen world', () => {
  setTimeout(() => {}, 60_000); // opens
});
test('clean in a frozen world', () => {});
`,
  'prototypes.test.js': `
Array.prototype.last = function () { return this.at(-1); };
const { get } = Map.prototype;
Map.prototype.get = function (key) { return get.call(this, key); };
globalThis.Promise = class Promised extends Promise {};
Function.prototype.bind = () => { throw new Error('hostile'); };
test('leaks among patched prototypes', async () => {
  await Promise.resolve();
  setTimeout(() => {}, 60_000); // opens
});
test('clean among patched prototypes', async () => {
  await new Promise((done) => setTimeout(done, 1));
});
`,
  'hooks.test.js': `
const hooks = require('node:async_hooks');
test('leaks with async_hooks patched', () => {
  hooks.createHook = () => { throw new Error('hostile'); };
  hooks.executionAsyncId = () => 0;
  setTimeout(() => {}, 60_000); // opens
});
test('leaks after a hook of its own', () => {
  hooks.executionAsyncResource();
  setTimeout(() => {}, 60_000); // opens
});
`,
  'many.test.js': `
test('leaks by the thousand', () => {
  for (let i = 0; i < 50_000; i++) {
    setTimeout(() => {}, 60_000); // opens
  }
});
test('clean after the flood', () => {});
`,
};

describe('hostile tests', () => {
  it('are judged like any other, and judged right', async () => {
    const run = await runJest({ files: TAMPERING, config: QUICK, args: ['--runInBand'] });
    expectClaims(run, TAMPERING);
    expect(run.output).not.toContain('leakgate could not do its job');
  });

  it('count a flood once', async () => {
    const run = await runJest({ files: { 'many.test.js': TAMPERING['many.test.js'] }, config: QUICK });
    expect(findingsOf(run).map(({ count, message }) => [count, message.split('\n')[0]])).toEqual([
      [50_000, '50,000 timeouts, one of them a timeout of 60 s, were armed in this test, but never cleared.'],
    ]);
  });

  it('keep their own unhandled rejections, and get the leak beneath', async () => {
    const files = {
      'rejection.test.js': `
test('rejects and leaks', async () => {
  setTimeout(() => {}, 60_000); // opens
  Promise.reject(new Error('nobody listens'));
  await new Promise((done) => setTimeout(done, 5));
});
`,
      ...CLEAN,
    };
    const run = await runJest({ files, config: QUICK });
    const { messages = '' } = run.tests.get('rejects and leaks') ?? {};
    expect(messages.indexOf('nobody listens')).toBeGreaterThanOrEqual(0);
    expect(messages.indexOf('never cleared')).toBeGreaterThan(messages.indexOf('nobody listens'));
    expect(run.tests.get('clean')?.status).toBe('passed');
  });
});

describe('files without a run', () => {
  it('fail with their own error, and harm no other', async () => {
    const files = {
      'throws.test.js': "setTimeout(() => {}, 60_000);\nthrow new Error('at import');\n",
      'empty.test.js': '',
      ...CLEAN,
    };
    const run = await runJest({ files, config: QUICK, args: ['--runInBand'] });
    expect(run.output).toContain('at import');
    expect(run.output).toMatch(
      / {2}● throws\.test\.js failed before its tests, and left this behind\n\n {4}A timeout of 60 s was armed while this file was loading, but never cleared\.\n.*\n +at .*throws\.test\.js:1:1\n/,
    );
    expect(run.output).toContain('Your test suite must contain at least one test.');
    expect(run.output).not.toContain('leakgate could not do its job');
    expect(run.tests.get('clean')?.status).toBe('passed');
    expect(run.unfinished).toEqual([]);
    expect(run.code).toBe(1);
  });
});

describe('processes that end early', () => {
  const exits = { 'exits.test.js': "test('exits', () => process.exit(0));\ntest('never judged', () => {});\n" };

  it('are no pass when a test calls process.exit(0) in band', async () => {
    const run = await runJest({ files: exits, config: QUICK, args: ['--runInBand'] });
    expect(run.code).toBe(1);
    expect(run.output).toContain('leakgate: the process ended in the middle of exits.test.js');
    expect(run.unfinished.map((file) => file.endsWith('exits.test.js'))).toEqual([true]);
  });

  it.each([
    ['calls process.exit(0)', exits['exits.test.js']],
    [
      'is killed from outside',
      "test('dies', () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); });\n",
    ],
  ])('are no pass when a worker %s', async (_how, text) => {
    const run = await runJest({ files: { 'dies.test.js': text, ...CLEAN }, config: QUICK, args: ['--maxWorkers=2'] });
    expect(run.code).toBe(1);
    expect(run.output).toMatch(/A jest worker process \(pid=\d+\) (crashed|was terminated)/);
    expect(run.output.split('the process ended in the middle of').length).toBeLessThanOrEqual(2);
    expect(run.unfinished.map((file) => file.endsWith('dies.test.js'))).toEqual([true]);
    expect(run.tests.get('clean')?.status).toBe('passed');
  });
});

describe('a hook that is switched off', () => {
  const files = {
    'off.test.js': `
${OUTER}
test('switches every hook off', () => {
  const { async_hook_fields: fields, constants } = outer('process').binding('async_wrap');
  fields[constants.kInit] = 0;
});
test('leaks unseen', () => {
  setInterval(() => {}, 5_000).unref();
});
`,
    ...CLEAN,
  };

  it('makes its file red, with a sentence, and no other', async () => {
    const run = await runJest({ files, config: QUICK, args: ['--maxWorkers=2'] });
    const { status, messages } = run.tests.get('switches every hook off') ?? {};
    expect(run.code).toBe(1);
    expect(run.tests.get('clean')?.status).toBe('passed');
    if (status === 'failed') {
      // From Node 24 on there is no way to the counters.
      expect(messages).toContain('No such module: async_wrap');
      expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
      return;
    }
    expect(run.output).toContain(
      'leakgate could not do its job in this file: the ledger probe could not do its job: a test switched async_hooks off, so what was opened since then was not seen.',
    );
  });
});

describe('what began before the tests', () => {
  it('is blamed on none of them', async () => {
    const files = {
      'setup.js': `
const net = require('node:net');
module.exports = async () => {
  const server = net.createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  process.env.SETUP_PORT = String(server.address().port);
  setInterval(() => {
    setTimeout(() => {}, 5_000);
    net.connect(server.address().port, '127.0.0.1').on('error', () => {});
  }, 5);
};
`,
      'a.test.js': `
const net = require('node:net');
test('clean beside it', () => new Promise((done) => setTimeout(done, 30)));
test('clean as its client', () => new Promise((done) => {
  const socket = net.connect(Number(process.env.SETUP_PORT), '127.0.0.1', () => socket.destroy());
  socket.on('close', done);
}));
test('leaks by itself', () => {
  setTimeout(() => {}, 60_000); // opens
});
`,
    };
    const run = await runJest({
      files,
      config: { ...QUICK, globalSetup: '<rootDir>/setup.js' },
      args: ['--runInBand', '--forceExit'],
    });
    expectClaims(run, files);
    expect(openings(run)).toEqual(['a.test.js:9']);
  });
});

describe('a probe that breaks', () => {
  const BREAKS = `
const net = require('node:net');
test('breaks what a probe relies on, and leaks a server', async () => {
  const timer = setTimeout(() => {}, 60_000); // line 4
  timer.hasRef = () => { throw new Error('hostile'); };
  await new Promise((done) => net.createServer().listen(0, '127.0.0.1', done)); // line 6
});
test('runs all the same', () => {});
test('leaks after that', () => {
  setInterval(() => {}, 60_000); // line 10
});
`;

  it('makes the file red and says so, with the line, and lets the tests run', async () => {
    const run = await runJest({ files: { 'breaks.test.js': BREAKS }, config: QUICK, args: ['--forceExit'] });
    expect(run.code).toBe(1);
    expect(run.tests.get('runs all the same')?.status).toBe('passed');
    expect(run.output).toMatch(/the timers probe could not do its job: hostile \(about what was opened at \S+:4\)/);
    expect(run.reports[0]?.probeFailures).toHaveLength(1);
  });

  it('loses no other verdict, of the same test or of later ones', async () => {
    const run = await runJest({ files: { 'breaks.test.js': BREAKS }, config: QUICK, args: ['--forceExit'] });
    expect(openings(run)).toEqual(['breaks.test.js:10', 'breaks.test.js:6']);
    const failed = [...run.tests].filter(([, { status }]) => status === 'failed').map(([name]) => name);
    expect(failed).toEqual(['breaks what a probe relies on, and leaks a server', 'leaks after that']);
  });

  it('when it is asked what it knows of others, is named, and what it was asked of is judged all the same', async () => {
    const files = {
      'environment.js': `
const { plugIns } = require(${JSON.stringify(resolve(__dirname, '../../dist/runners/jest.js'))});
const probe = plugIns().probes.find(({ name }) => name === 'undici');
const { start } = probe;
probe.start = (...args) => ({ ...start(...args), refine: () => { throw new Error('confused'); } });
module.exports = require(${JSON.stringify(resolve(__dirname, '../../dist/runners/jest-node.js'))});
`,
      'leaks.test.js': "test('leaks', () => { setInterval(() => {}, 60_000); });",
    };
    const run = await runJest({ files, config: { ...QUICK, testEnvironment: '<rootDir>/environment.js' } });
    expect(openings(run)).toEqual(['leaks.test.js:1']);
    expect(run.reports[0]?.probeFailures).toEqual([{ probe: 'undici', why: 'confused' }]);
  });

  it('that cannot start is named, and its file is red', async () => {
    const files = {
      'environment.js': `
const { plugIns } = require(${JSON.stringify(resolve(__dirname, '../../dist/runners/jest.js'))});
const probe = plugIns().probes.find(({ name }) => name === 'timers');
probe.start = () => { throw new Error('not on this machine'); };
module.exports = require(${JSON.stringify(resolve(__dirname, '../../dist/runners/jest-node.js'))});
`,
      ...CLEAN,
    };
    const run = await runJest({ files, config: { ...QUICK, testEnvironment: '<rootDir>/environment.js' } });
    expect(run.code).toBe(1);
    expect(run.output).toContain('the timers probe could not do its job: not on this machine');
    expect(run.tests.get('clean')?.status).toBe('passed');
    expect(run.reports[0]?.probeFailures).toEqual([{ probe: 'timers', why: 'not on this machine' }]);
  });
});

describe('the gate itself, where it breaks', () => {
  const CONFUSED = expect.arrayContaining([{ probe: 'jest', why: 'confused' }]);

  it('says so, and hides neither why a file could not be loaded nor what others left', async () => {
    const files = {
      'environment.js': `
const { plugIns } = require(${JSON.stringify(resolve(__dirname, '../../dist/runners/jest.js'))});
plugIns().rules.unshift({ get kind() { throw new Error('confused'); } });
module.exports = require(${JSON.stringify(resolve(__dirname, '../../dist/runners/jest-node.js'))});
`,
      'loads.test.js': "setInterval(() => {}, 60_000).unref();\nrequire('./nowhere');\n",
      'runs.test.js': "test('runs', () => { setInterval(() => {}, 60_000).unref(); });\n",
    };
    const run = await runJest({ files, config: { ...QUICK, testEnvironment: '<rootDir>/environment.js' } });
    expect(run.code).toBe(1);
    expect(run.output).toContain("Cannot find module './nowhere' from 'loads.test.js'");
    expect(run.output).toMatch(
      /loads\.test\.js failed before its tests.*\s+leakgate could not do its job in this file: confused/,
    );
    expect(run.tests.get('runs')?.status).toBe('passed');
    expect(run.reports.map(({ probeFailures }) => probeFailures)).toEqual([CONFUSED, CONFUSED]);
    expect(run.unfinished).toEqual([]);
  });
});
