import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf, openings } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

const QUICK = { testEnvironmentOptions: { leakgate: { graceMs: 50 } } };

const HOOKS = `
const net = require('node:net');
const listen = () => new Promise((done) => {
  const server = net.createServer();
  server.listen(0, '127.0.0.1', () => done(server));
});
const close = (server) => new Promise((done) => server.close(done));

describe('opened and closed by the suite', () => {
  let server;
  beforeAll(async () => { server = await listen(); });
  afterAll(() => close(server));
  test('uses it', () => expect(server.listening).toBe(true));
});

describe('opened and closed around each test', () => {
  let timer;
  beforeEach(() => { timer = setInterval(() => {}, 1_000); });
  afterEach(() => clearInterval(timer));
  test('uses it', () => expect(timer).toBeDefined());
});

describe('opened in the test, closed in afterEach', () => {
  let server;
  afterEach(() => close(server));
  test('opens it', async () => { server = await listen(); });
});

describe('beforeEach', () => {
  test('that leaks first', () => {});
  beforeEach(() => {
    setTimeout(() => {}, 60_000); // opens
  });
});

describe('afterEach', () => {
  test('that leaks last', () => {});
  afterEach(() => {
    setTimeout(() => {}, 60_000); // opens
  });
});

describe('a hook that fails', () => {
  test('that leaks before it fails', () => {});
  beforeEach(() => {
    setTimeout(() => {}, 60_000); // opens
    throw new Error('the hook fails');
  });
});

describe('a hook that hangs', () => {
  test('that leaks before it hangs', () => {});
  beforeEach(async () => {
    setTimeout(() => {}, 60_000); // opens
    await new Promise(() => {});
  }, 50);
});
`;

const SUITES = `
describe('outer', () => {
  describe('inner', () => {
    beforeAll(() => {
      setInterval(() => {}, 1_000); // line 5
    });
    test('innocent', () => {});
  });
  afterAll(() => {
    setTimeout(() => {}, 60_000); // line 10
  });
  test('also innocent', () => {});
});
beforeAll(() => {
  setTimeout(() => {}, 50_000); // line 15
});
`;

const IMPORTS = `
require('./metrics');
test('innocent of what loads with the file', () => {});
test('innocent of what it loads first', () => {
  require('./poller');
});
`;

const AFTERWARDS = `
let resume;
const paused = new Promise((done) => { resume = done; });
test('goes on after it ended', () => {
  paused.then(() => {
    setInterval(() => {}, 1_000); // line 6
  });
});
test('innocent', () => {
  resume();
});
`;

/** The same of a test that has had all the stacks it gets: its own last timer would have no line. */
const SPENT = AFTERWARDS.replace(
  '  paused.then(',
  '  for (let i = 0; i < 5_000; i++) clearTimeout(setTimeout(() => {}, 60_000)); paused.then(',
);

describe('ownership', () => {
  let run: JestRun;
  const files = {
    'hooks.test.js': HOOKS,
    'suites.test.js': SUITES,
    'imports.test.js': IMPORTS,
    'metrics.js': 'setInterval(() => {}, 1_000);\n',
    'poller.js': '\nsetInterval(() => {}, 1_000);\n',
  };

  beforeAll(async () => {
    run = await runJest({ files, config: QUICK });
  });

  it("judges what hooks around a test open with the test, and leaves a suite's to the suite", () => {
    expectClaims(run, files);
    expect(run.tests.get('beforeEach that leaks first')?.messages).toContain(
      'A timeout of 60 s was armed in the `beforeEach` of this test, but never cleared.\n' +
        'Clear it with `clearTimeout(timer)` in an `afterEach`.',
    );
    const failed = run.tests.get('a hook that fails that leaks before it fails')?.messages ?? '';
    expect(failed.indexOf('never cleared')).toBeGreaterThan(failed.indexOf('the hook fails'));
    expect(failed.indexOf('the hook fails')).toBeGreaterThanOrEqual(0);
  });

  it('names suite and hook of what a suite leaves open, and blames no test', () => {
    const ofSuites = findingsOf(run).filter(({ scope }) => scope.file.endsWith('suites.test.js'));
    expect(ofSuites.map(({ message, openedAt }) => [message.split('\n')[0], openedAt?.line])).toEqual([
      ['An interval of 1 s was armed in the `beforeAll` of suite "inner", but never cleared.', 5],
      ['A timeout of 60 s was armed in the `afterAll` of suite "outer", but never cleared.', 10],
      ['A timeout of 50 s was armed in the `beforeAll` of this file, but never cleared.', 15],
    ]);
    expect(ofSuites.map(({ scope }) => [scope.kind, scope.path.join(' › ')])).toEqual([
      ['suite', 'outer › inner'],
      ['suite', 'outer'],
      ['suite', ''],
    ]);
    expect(run.output).toContain('> 5 |       setInterval(() => {}, 1_000); // line 5');
    expect(run.code).toBe(1);
  });

  it('gives the file what its modules open, also one that a test loads first', () => {
    const ofImports = findingsOf(run).filter(({ scope }) => scope.file.endsWith('imports.test.js'));
    expect(ofImports.map(({ scope }) => scope.kind)).toEqual(['file', 'file']);
    expect(openings(run)).toEqual(expect.arrayContaining(['metrics.js:1', 'poller.js:2']));
    expect(ofImports[0]?.message).toContain('was armed while this file was loading, but never cleared.');
  });

  it('reports what comes to life after its test as that test’s, and never the next one’s', async () => {
    const late = await runJest({
      files: { 'late.test.js': AFTERWARDS, 'spent.test.js': SPENT },
      config: QUICK,
    });
    const found = findingsOf(late).map(({ kind, scope, openedAt }) => [kind, scope.path.join(), openedAt?.line]);
    expect(found).toEqual(Array(2).fill(['late', 'goes on after it ended', 6]));
    expect(late.tests.get('innocent')?.status).toBe('passed');
  });
});

/** A port that is given back, a timer that never fires: what a later test would notice. */
const CASCADE = `
const net = require('node:net');
let port;
let fired = false;
test('careless', async () => {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done)); // line 7
  port = server.address().port;
  setTimeout(() => { fired = true; }, 1_500); // line 9
});
test('finds the port as the gate left it', async () => {
  const server = net.createServer();
  const outcome = await new Promise((done) => {
    server.once('error', (error) => done(error.code));
    server.listen(port, '127.0.0.1', () => server.close(() => done('free')));
  });
  expect(outcome).toBe(process.env.EXPECT_PORT);
});
test('finds the timer as the gate left it', async () => {
  await new Promise((done) => setTimeout(done, 1_600));
  expect(fired).toBe(process.env.EXPECT_PORT !== 'free');
});
`;

describe('leftovers', () => {
  const cascade = (leftovers: string, port: string): Promise<JestRun> =>
    runJest({
      files: { 'a.test.js': CASCADE, 'b.test.js': "test('of another file', () => {});\n" },
      config: { testEnvironmentOptions: { leakgate: { graceMs: 50, leftovers } } },
      args: ['--runInBand', '--forceExit'],
      env: { EXPECT_PORT: port },
    });

  it.each([
    ['release', 'free'],
    ['keep', 'EADDRINUSE'],
  ])('reports each leak once, whether the rule is %s', async (leftovers, port) => {
    const run = await cascade(leftovers, port);
    const statuses = [...run.tests].map(([name, { status }]) => `${name}: ${status}`);

    expect(statuses.sort()).toEqual([
      'careless: failed',
      'finds the port as the gate left it: passed',
      'finds the timer as the gate left it: passed',
      'of another file: passed',
    ]);
    expect(openings(run)).toEqual(['a.test.js:7', 'a.test.js:9']);
    expect(findingsOf(run).every(({ scope }) => scope.path.join() === 'careless')).toBe(true);
  });
});
