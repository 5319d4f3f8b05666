import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type PackedProject, packedProject } from './packed-project';

/** The last of the oldest major version that is supported. */
const OLDEST = 'jest@29.7.0';

/** Names are the claims; what leaks does so in the line after its name. */
const STYLES = `
const net = require('node:net');
const { once } = require('node:events');
const arm = () => setTimeout(() => {}, 60_000);
let shared;

beforeAll(async () => {
  shared = net.createServer().listen(0, '127.0.0.1');
  await once(shared, 'listening');
});
afterAll(() => new Promise((done) => shared.close(done)));

test('a server leaks', async () => {
  net.createServer().listen(0, '127.0.0.1');
  await null;
});
test('a cleared timer is clean', () => clearTimeout(arm()));
test('a timer in a done callback leaks', (done) => {
  setTimeout(() => {}, 60_000);
  setImmediate(done);
});
test('a client of the shared server is clean', async () => {
  const client = net.connect(shared.address().port, '127.0.0.1');
  await once(client, 'connect');
  client.end().resume();
  await once(client, 'close');
});
test('a generator leaks', function* () { yield Promise.resolve();
  setInterval(() => {}, 60_000);
});
test.each([1])('row %s leaks', () => {
  setTimeout(() => {}, 60_000);
});
test.concurrent('one of two at a time leaks', async () => { await new Promise((done) => setTimeout(done, 5));
  setTimeout(() => {}, 60_000);
});
test.concurrent('the other of two is clean', () => new Promise((done) => setTimeout(done, 10)));
test('fake timers are clean', () => {
  jest.useFakeTimers();
  arm();
  jest.useRealTimers();
});
test.failing('what is meant to fail leaks', () => {
  setTimeout(() => {}, 60_000);
  throw new Error('meant to');
});
`;

const IMPORTS = `
const timer = setInterval(() => {}, 60_000);
test('is clean', () => expect(timer).toBeDefined());
`;

interface Told {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

// Every test starts processes, on machines that do other things too.
jest.setTimeout(60_000);

let project: PackedProject;

beforeAll(async () => {
  project = await packedProject([OLDEST]);
}, 240_000);

afterAll(() => {
  project.remove();
});

it('gates the oldest Jest by the preset alone: the tests that leak and no other, at their lines', async () => {
  project.write({
    'jest.config.js': "module.exports = { preset: 'leakgate' };\n",
    'styles.test.js': STYLES,
    'imports.test.js': IMPORTS,
  });
  const { code, output } = await project.run(
    'jest',
    '--watchman=false',
    '--maxWorkers=2',
    '--json',
    '--outputFile=told.json',
  );
  expect(code).toBe(1);
  expect(output).not.toContain('leakgate could not do its job');

  const told = JSON.parse(readFileSync(join(project.folder, 'told.json'), 'utf8')) as Told;
  const styles = told.testResults.find(({ name }) => name.endsWith('styles.test.js'));
  const lines = STYLES.split('\n');
  const titled = (title: string): number =>
    lines.findIndex((line) => line.includes(`'${title.replace('row 1', 'row %s')}'`));
  const judged = styles?.assertionResults.map(({ title, status, failureMessages: [message = ''] }) => {
    const [, line] = /styles\.test\.js:(\d+)/.exec(message) ?? [];
    return `${title}: ${status}${line === undefined ? '' : ` @ ${Number(line) - 1 - titled(title)}`}`;
  });
  expect(judged).toEqual(
    styles?.assertionResults.map(({ title }) => (/leaks$/.test(title) ? `${title}: failed @ 1` : `${title}: passed`)),
  );
  expect(judged?.filter((each) => each.includes('failed'))).toHaveLength(6);

  const imports = told.testResults.find(({ name }) => name.endsWith('imports.test.js'));
  expect(imports?.assertionResults.map(({ status }) => status)).toEqual(['passed']);
  expect(imports?.message).toContain('An interval of 60 s was armed while this file was loading, but never cleared.');
});

it('tells at the end of its run what leaked, and where', async () => {
  const { code, output } = await project.run('leakgate', 'run', '--', 'jest', '--watchman=false');
  expect(code).toBe(3);
  expect(output).toContain('Leaks:       7 in 7 places');
  expect(output).toContain('Checked:     11 tests in 2 files');
});
