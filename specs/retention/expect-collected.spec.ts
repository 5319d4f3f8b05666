import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findLeaks, leakgate } from '../../harness';
import { drawPath } from '../../harness/model/retainer-path';
import { findingsOf, openings } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

const LEAKGATE = JSON.stringify(require.resolve('../../dist'));

const PROTOCOL = `
class Invoker {
  constructor(protocol, url) {
    this.url = url;
    protocol.invokers.set(url, this);
  }
  destroy(protocol) {
    if (protocol !== undefined) protocol.invokers.delete(this.url);
  }
}
class Protocol {
  invokers = new Map();
}
module.exports = { Invoker, protocol: new Protocol() };
`;

const INVOKERS = `
const { leakgate } = require(${LEAKGATE});
const { Invoker, protocol } = require('./protocol');
test('destroys an invoker that stays on the list', () => {
  const invoker = new Invoker(protocol, 'user-service:20880');
  invoker.destroy();
  leakgate.expectCollected(invoker, 'invoker of user-service'); // line 7
});
test('destroys one that takes itself off it', () => {
  const invoker = new Invoker(protocol, 'cart-service:20880');
  invoker.destroy(protocol);
  leakgate.expectCollected(invoker, 'invoker of cart-service');
});
`;

const MANY = `
const { leakgate } = require(${LEAKGATE});
const { Invoker, protocol } = require('./protocol');
test('destroys a thousand', () => {
  for (let port = 1; port <= 1000; port++) leakgate.expectCollected(new Invoker(protocol, 'service:' + port)); // line 5
});
`;

/** All of it is correct: what holds these is the file's own, Jest's, or gone before the file ends. */
const CORRECT = `
const { AsyncLocalStorage } = require('node:async_hooks');
const { leakgate } = require(${LEAKGATE});
class Thing {
  work() { return this; }
  fail() { throw new Error('failed'); }
}
const made = (label) => {
  const thing = new Thing();
  leakgate.expectCollected(thing, label);
  return thing;
};
let top;
const observe = jest.fn();
const storage = new AsyncLocalStorage();
describe('a thing', () => {
  let inner;
  const all = [];
  beforeEach(() => {
    inner = made('of the describe');
    all.push(made('on a list of the describe'));
  });
  test('of the file', () => { top = made('of the file'); });
  test('spied on', () => { const thing = made('spied on'); jest.spyOn(thing, 'work'); thing.work(); });
  test('spied on and restored', () => { const thing = made('restored'); jest.spyOn(thing, 'work').mockRestore(); });
  test('passed to a mock', () => { observe(made('passed')); expect(observe).toHaveBeenCalledWith(expect.any(Thing)); });
  test('answered by a mock', () => { const thing = made('answered'); expect(jest.fn(() => thing)()).toBe(thing); });
  test('logged', () => { console.log(made('logged')); });
  test('that throws', () => { const thing = made('throws'); expect(() => thing.fail()).toThrow('failed'); });
  test('whose stack is never read', () => {
    const thing = made('on a stack');
    globalThis.noted = (function () { return new Error('noted'); }).call(thing);
  });
  test('awaited', async () => { const thing = made('awaited'); await expect(Promise.resolve(thing)).resolves.toBe(thing); });
  test('of a suspended body', () => { const thing = made('suspended'); void (async () => { await new Promise(() => {}); thing.work(); })(); });
  test('of a race', async () => { const thing = made('raced'); await Promise.race([thing, new Promise(() => void thing)]); });
  test('in a store', async () => { await storage.run(made('stored'), async () => { await null; }); });
  test('in a factory of a module', () => { const thing = made('mocked'); jest.doMock('./other', () => thing, { virtual: true }); require('./other'); });
  test('of a fake timer', () => { const thing = made('faked'); jest.useFakeTimers(); setTimeout(() => thing.work(), 60_000); jest.useRealTimers(); });
  test('with done', (done) => { const thing = made('with done'); setTimeout(() => { thing.work(); done(); }, 1); });
  test.each([[made('of a table')]])('of a table', (thing) => { thing.work(); });
  test('of a test that fails and is run again', () => { expect({ inner }).not.toBe(made('compared')); });
});
`;

const WRONG = `
const { leakgate } = require(${LEAKGATE});
test('expects a number to be collected', () => {
  expect(() => leakgate.expectCollected(1)).toThrow('The first argument of leakgate.expectCollected must be an object; what is none is never collected.');
});
`;

describe('leakgate.expectCollected', () => {
  let run: JestRun;

  beforeAll(async () => {
    const files = {
      'protocol.js': PROTOCOL,
      'invokers.test.js': INVOKERS,
      'many.test.js': MANY,
      'correct.test.js': CORRECT,
      'wrong.test.js': WRONG,
    };
    run = await runJest({ files, args: ['--maxWorkers=2'] });
  }, 120_000);

  const findings = (file: string) => findingsOf(run).filter(({ scope }) => scope.file.endsWith(`/${file}`));

  it('fails the test whose object is still reachable, with the path to it', () => {
    const [finding, ...others] = findings('invokers.test.js');
    expect(others).toEqual([]);
    expect(finding?.scope.path).toEqual(['destroys an invoker that stays on the list']);
    expect(finding?.openedAt?.line).toBe(7);
    expect(finding?.message).toBe(
      'An `Invoker` (invoker of user-service) should be gone by now, yet is still reachable.\n' +
        'Remove it from `Protocol.invokers` when it is done with.',
    );
    expect(
      drawPath(finding?.path as never)
        .split('\n')
        .filter((line) => !/^ *~+$/.test(line)),
    ).toEqual([
      'module protocol.js',
      '└─ exports.protocol : Protocol',
      expect.stringMatching(/^ {3}└─ invokers : Map \(/),
      expect.stringMatching(/^ {6}└─ \[ "user-service:20880" \] → Invoker {6}← should be gone; /),
    ]);
    expect(run.tests.get('destroys an invoker that stays on the list')?.messages).toContain(
      '└─ [ "user-service:20880" ] → Invoker',
    );
    expect(run.tests.get('destroys one that takes itself off it')?.status).toBe('passed');
  });

  it('makes one finding of a thousand held the same way', () => {
    const [finding, ...others] = findings('many.test.js');
    expect([finding?.count, finding?.path?.alike, others.length]).toEqual([1000, 1000, 0]);
    expect(finding?.message.split('\n')[0]).toBe(
      '1,000 `Invoker` objects should be gone by now, yet are still reachable.',
    );
  });

  it('accuses no correct code', () => {
    expect(findings('correct.test.js').map(({ message, scope }) => [scope.path, message])).toEqual([]);
    expect(run.reports.flatMap(({ probeFailures }) => probeFailures)).toEqual([]);
  });

  it('takes nothing but objects', () => {
    expect(run.tests.get('expects a number to be collected')?.status).toBe('passed');
  });

  it('does nothing without the gate', async () => {
    const plain = await runJest({
      files: { 'protocol.js': PROTOCOL, 'invokers.test.js': INVOKERS },
      config: { testEnvironment: 'node' },
    });
    expect([plain.code, plain.tests.size]).toEqual([0, 2]);
  });

  it('is reported without its path where the heap is too large, with the way to get it', async () => {
    const large = await runJest({
      files: { 'protocol.js': PROTOCOL, 'invokers.test.js': INVOKERS },
      config: { testEnvironmentOptions: { leakgate: { mostHeapBytes: 1_000_000 } } },
    });
    const [finding] = findingsOf(large);
    expect([finding?.kind, finding?.path]).toEqual(['retained', undefined]);
    expect(openings(large)).toEqual(['invokers.test.js:7']);
    expect(finding?.message).toMatch(
      /\nBy what it is held is not known: \d+ MB of heap are in use, and past 1 MB \(the option `mostHeapBytes`\) no snapshot is taken\. Run this file alone, or raise the limit\.$/,
    );
  });

  it('is judged after every test at level paranoid', async () => {
    const paranoid = await runJest({
      files: {
        'protocol.js': PROTOCOL,
        'paranoid.test.js': `
const { leakgate } = require(${LEAKGATE});
const { Invoker, protocol } = require('./protocol');
test('lists an invoker', () => {
  leakgate.expectCollected(new Invoker(protocol, 'late'), 'late');
});
test('clears the list', () => {
  protocol.invokers.clear();
});
`,
      },
      config: { testEnvironmentOptions: { leakgate: { level: 'paranoid' } } },
    });
    expect(findingsOf(paranoid).map(({ kind, scope }) => [kind, scope.path])).toEqual([
      ['retained', ['lists an invoker']],
    ]);
  });
});

describe('in a block', () => {
  class Invoker {}

  it('is a finding of the block', async () => {
    const findings = await findLeaks(() => {
      const invoker = new Invoker();
      (globalThis as { keptInvoker?: object }).keptInvoker = invoker;
      leakgate.expectCollected(invoker, 'kept');
      leakgate.expectCollected(new Invoker(), 'dropped');
    });
    Reflect.deleteProperty(globalThis, 'keptInvoker');
    expect(findings.map(({ kind, root }) => [kind, root.label])).toEqual([['retained', '(kept)']]);
  });
});
