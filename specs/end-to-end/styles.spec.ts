import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

const QUICK = { testEnvironmentOptions: { leakgate: { graceMs: 50 } } };

/** Every way Jest lets a test be written. Names are the claims. */
const STYLES = `
const arm = () => setTimeout(() => {}, 60_000);

describe('a sync test', () => {
  test('that leaks', () => {
    setTimeout(() => {}, 60_000); // opens
  });
  test('that clears', () => {
    clearTimeout(arm());
  });
});

describe('a done callback', () => {
  test('that leaks in a callback', (done) => {
    setTimeout(() => {
      setTimeout(() => {}, 60_000); // opens
      done();
    }, 1);
  });
  test('that clears', (done) => {
    const timer = arm();
    setTimeout(() => {
      clearTimeout(timer);
      done();
    }, 1);
  });
});

describe('a generator', () => {
  test('that leaks after a yield', function* () {
    yield Promise.resolve();
    setTimeout(() => {}, 60_000); // opens
  });
  test('that catches what it yielded', function* () {
    try {
      yield Promise.reject(new Error('expected'));
    } catch (error) {
      expect(error.message).toBe('expected');
    }
    clearTimeout(arm());
  });
});

describe('a table', () => {
  test.each([1, 3])('row %s is clean', (row) => {
    expect(row % 2).toBe(1);
  });
  test.each([2])('leaks in row %s', () => {
    setTimeout(() => {}, 60_000); // opens
  });
  describe.each(['a'])('of suites %s', (name) => {
    test('leaks within', async () => {
      await name;
      setTimeout(() => {}, 60_000); // opens
    });
  });
});

describe('a failing test', () => {
  test.failing('that leaks as it fails', () => {
    setTimeout(() => {}, 60_000); // opens
    throw new Error('meant to');
  });
  test.failing('that only fails', () => {
    throw new Error('meant to');
  });
});

describe('a timed-out test', () => {
  test('that leaks before it hangs', async () => {
    setTimeout(() => {}, 60_000); // opens
    await new Promise(() => {});
  }, 50);
});

describe('a broken test', () => {
  test('that leaks before it throws', () => {
    setTimeout(() => {}, 60_000); // opens
    throw new Error('its own error');
  });
});

test.todo('to be written');
test.skip('skipped', () => {
  arm();
});
`;

const ONLY = `
test('left out', () => {
  setTimeout(() => {}, 60_000);
});
test.only('focused and leaks', () => {
  setTimeout(() => {}, 60_000); // opens
});
`;

const CONCURRENT = `
for (let i = 0; i < 200; i++) {
  const careless = i % 10 === 3;
  test.concurrent(\`\${i} \${careless ? 'leaks' : 'is careful'}\`, async () => {
    await new Promise((done) => setTimeout(done, i % 7));
    if (careless) setTimeout(() => {}, 60_000); // opens
    await new Promise((done) => setTimeout(done, i % 5));
  });
}
`;

const files = { 'styles.test.js': STYLES, 'only.test.js': ONLY, 'concurrent.test.js': CONCURRENT };

describe('styles of tests', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files, config: QUICK });
  });

  it('fails the tests that leak and no other, at the line that opened', () => {
    expectClaims(run, files);
  });

  it('finds exactly the 20 of 200 concurrent tests that leak', () => {
    const blamed = findingsOf(run).filter(({ scope }) => scope.file.endsWith('concurrent.test.js'));
    expect(blamed).toHaveLength(20);
    expect(new Set(blamed.map(({ owner }) => owner))).toEqual(new Set(['lineage']));
  });

  it('prints the finding with its remedy and the code frame at the opening line', () => {
    expect(run.output).toContain(
      [
        '  ● a done callback › that leaks in a callback',
        '',
        '    A timeout of 60 s was armed in this test, but never cleared.',
        '    Clear it with `clearTimeout(timer)` in the test or its `afterEach`.',
        '',
        "      14 |   test('that leaks in a callback', (done) => {",
        '      15 |     setTimeout(() => {',
        '    > 16 |       setTimeout(() => {}, 60_000); // opens',
        '         |       ^',
      ].join('\n'),
    );
    expect(run.output).toContain('at styles.test.js:16:7');
  });

  it("puts a test's own error first and the leak beneath it", () => {
    const { messages } = run.tests.get('a broken test that leaks before it throws') ?? { messages: '' };
    expect(messages.indexOf('its own error')).toBeGreaterThanOrEqual(0);
    expect(messages.indexOf('A timeout of 60 s')).toBeGreaterThan(messages.indexOf('its own error'));
    const hung = run.tests.get('a timed-out test that leaks before it hangs')?.messages ?? '';
    expect(hung.indexOf('A timeout of 60 s')).toBeGreaterThan(hung.indexOf('Exceeded timeout of 50 ms'));
  });

  it('leaves skipped and planned tests as they are', () => {
    expect(run.tests.get('skipped')?.status).toBe('pending');
    expect(run.tests.get('to be written')?.status).toBe('todo');
    expect(run.tests.get('left out')?.status).toBe('pending');
  });
});

const retried = (options: string): string => `
let attempts = 0;
jest.retryTimes(2${options});
test('careless once', () => {
  if (attempts++ === 0) setTimeout(() => {}, 60_000);
});
test('always leaks', () => {
  setTimeout(() => {}, 60_000); // opens
});
test('is careful', () => {});
`;

describe('retries', () => {
  it('judges each attempt by itself', async () => {
    const projects = {
      'deferred.test.js': retried(''),
      'immediate.test.js': retried(', { retryImmediately: true }'),
    };
    for (const [name, text] of Object.entries(projects)) {
      const run = await runJest({ files: { [name]: text }, config: QUICK });
      const statuses = [...run.tests].map(([test, { status }]) => `${test}: ${status}`);
      expect(statuses).toEqual(['careless once: passed', 'always leaks: failed', 'is careful: passed']);
      expect(findingsOf(run).map(({ scope }) => scope.path.join())).toEqual(
        expect.arrayContaining(['careless once', 'always leaks', 'always leaks', 'always leaks']),
      );
      expect(run.tests.get('always leaks')?.messages.match(/never cleared/g)).toHaveLength(1);
    }
  });

  it('judges each attempt of a describe that is retried as a whole, and its hooks with it', async () => {
    const text = `
const net = require('node:net');
let attempts = 0;
describe('with hooks', () => {
  jest.retryTimes(2, { entireDescribe: true });
  let server;
  beforeAll((done) => { server = net.createServer().listen(0, '127.0.0.1', done); });
  afterAll((done) => { server.close(done); });
  test('careless once', () => {
    if (attempts++ === 0) setInterval(() => {}, 1_000); // line 10
  });
  test('uses what the hooks open', () => expect(server.listening).toBe(true));
});
describe('without', () => {
  jest.retryTimes(1, { entireDescribe: true });
  test('always leaks', () => {
    setTimeout(() => {}, 60_000); // line 17
  });
  test('is careful', () => {});
});
`;
    const run = await runJest({ files: { 'whole.test.js': text }, config: QUICK });
    expect([...run.tests].map(([test, { status }]) => `${test}: ${status}`)).toEqual([
      'with hooks careless once: passed',
      'with hooks uses what the hooks open: passed',
      'without always leaks: failed',
      'without is careful: passed',
    ]);
    expect(findingsOf(run).map(({ scope, openedAt }) => [scope.path.join(' '), openedAt?.line])).toEqual([
      ['with hooks careless once', 10],
      ['without always leaks', 17],
      ['without always leaks', 17],
    ]);
    expect(run.tests.get('without always leaks')?.messages.match(/never cleared/g)).toHaveLength(1);
  });
});
