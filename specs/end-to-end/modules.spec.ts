import { resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

const DIST = resolve(__dirname, '../../dist/runners');
const ROOT = resolve(__dirname, '../..');

const FAKE = `
const net = require('node:net');
test('fakes are nobody’s resource', () => {
  setTimeout(() => {}, 60_000);
  setInterval(() => {}, 1_000);
  jest.advanceTimersByTime(100);
});
test('a server leaks under fake timers', () => {
  net.createServer().listen(0, '127.0.0.1'); // opens
});
test('a real timer leaks among fakes', () => {
  jest.requireActual('node:timers').setTimeout(() => {}, 60_000); // opens
});
`;

const FAKE_PER_TEST = `
test('leaves its fakes behind', () => {
  jest.useFakeTimers();
  setTimeout(() => {}, 60_000);
});
test('runs on the fakes of the last one', () => {
  setTimeout(() => {}, 60_000);
});
test('leaks with real timers again', () => {
  jest.useRealTimers();
  setTimeout(() => {}, 60_000); // opens
});
test('clears with legacy fakes', () => {
  jest.useFakeTimers({ legacyFakeTimers: true });
  clearTimeout(setTimeout(() => {}, 60_000));
  jest.useRealTimers();
});
`;

const RESET = `
beforeEach(() => jest.resetModules());
test('leaks through a module loaded anew', () => {
  require('node:timers').setTimeout(() => {}, 60_000); // opens
});
test('leaks in isolated modules', () => {
  jest.isolateModules(() => {
    require('node:net').createServer().listen(0, '127.0.0.1'); // opens
  });
});
test('clears in isolated modules', async () => {
  await jest.isolateModulesAsync(async () => {
    clearInterval(require('./poller').start());
  });
});
`;

const MOCKS = `
jest.mock('node:net');
jest.mock('node:fs');
jest.mock('node:async_hooks');
jest.mock('node:timers');
test('opens nothing but mocks', () => {
  expect(jest.isMockFunction(require('node:net').createServer)).toBe(true);
  require('node:net').createServer();
  require('node:fs').openSync('/no/such/file');
  require('node:timers').setInterval(() => {}, 1_000);
});
test('leaks beside mocks', () => {
  setTimeout(() => {}, 60_000); // opens
});
`;

const ENVIRONMENT = `
const { createServer } = require('node:net');
const { withLeakgate } = require(${JSON.stringify(`${DIST}/jest.js`)});
const { TestEnvironment } = require(${JSON.stringify(`${ROOT}/node_modules/jest-environment-node`)});

class WithServer extends TestEnvironment {
  async setup() {
    await super.setup();
    this.server = createServer((socket) => socket.on('error', () => {}).resume());
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.global.port = this.server.address().port;
    this.beat = setInterval(() => { this.last = setTimeout(() => {}, 1_000); this.last.unref(); }, 1);
  }
  async teardown() {
    clearInterval(this.beat);
    clearTimeout(this.last);
    await new Promise((done) => this.server.close(done));
    await super.teardown();
  }
}
module.exports = withLeakgate(WithServer);
`;

const IN_ENVIRONMENT = `
/** @jest-environment ./environment.js */
const net = require('node:net');
test('uses the environment’s server', () => new Promise((done) => {
  const socket = net.connect(port, '127.0.0.1', () => socket.destroy());
  socket.on('close', done);
}));
test('leaks in its own environment', async () => {
  await new Promise((done) => setTimeout(done, 20));
  setTimeout(() => {}, 60_000); // opens
});
`;

const DOM = `
/** @jest-environment ${DIST}/jest-jsdom.js */
test('uses the page', async () => {
  document.body.innerHTML = '<p>text</p>';
  window.addEventListener('click', () => {});
  await new Promise((done) => requestAnimationFrame(done));
  clearTimeout(window.setTimeout(() => {}, 60_000));
});
test('leaks a timer of the page', () => {
  window.setTimeout(() => {}, 60_000); // opens
});
test('leaks a server beside the page', () => {
  require('node:net').createServer().listen(0, '127.0.0.1'); // opens
});
`;

const graced = { testEnvironmentOptions: { leakgate: { graceMs: 50 } } };
const POLLER = { 'poller.js': 'exports.start = () => setInterval(() => {}, 1_000);\n' };

describe('modules, mocks and environments', () => {
  it('sees real resources only, whatever is faked, mocked, reset or isolated', async () => {
    const files = {
      'per-test.test.js': FAKE_PER_TEST,
      'reset.test.js': RESET,
      'mocks.test.js': MOCKS,
      'environment.test.js': IN_ENVIRONMENT.trimStart(),
      'dom.test.js': DOM.trimStart(),
      'environment.js': ENVIRONMENT,
      ...POLLER,
    };
    const run = await runJest({ files, config: graced });
    expectClaims(run, files);
    expect(findingsOf(run).filter(({ scope }) => scope.kind !== 'test')).toEqual([]);
  });

  it.each([false, true])('sees through timers faked for all tests (legacy: %s)', async (legacyFakeTimers) => {
    const files = { 'fake.test.js': FAKE };
    const run = await runJest({ files, config: { ...graced, fakeTimers: { enableGlobally: true, legacyFakeTimers } } });
    expectClaims(run, files);
  });

  it('keeps out of the way of automock', async () => {
    const files = {
      'auto.test.js': `
test('starts a mock', () => {
  expect(require('./poller').start()).toBeUndefined();
});
test('leaks for real', () => {
  const { start } = jest.requireActual('./poller');
  start();
});
`,
      'poller.js': 'exports.start = () => setInterval(() => {}, 1_000); \n',
    };
    const run = await runJest({ files, config: { ...graced, automock: true } });
    expect([...run.tests.values()].map(({ status }) => status)).toEqual(['passed', 'failed']);
    expect(findingsOf(run).map(({ openedAt }) => openedAt?.file.endsWith('poller.js'))).toEqual([true]);
  });
});
