import { resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

const resolved = (name: string): string => JSON.stringify(require.resolve(name));

/** One of each way in which the package has been bundled. */
const VERSIONS = ['swr-1.3.0', 'swr-2.2.4', 'swr-2.3.3', 'swr'];

/** Does as these do; nobody has said that this is by design. */
const OTHER = `
exports.load = (fn) => { setTimeout(() => fn(), 3_000); };
`;

const SHOWN = `
const { act, createElement } = require(${resolved('react')});
const { createRoot } = require(${resolved('react-dom/client')});
const { ApolloClient, ApolloLink, InMemoryCache } = require(${resolved('@apollo/client/core')});
const SWR = {
${VERSIONS.map((name) => `  '${name}': require(${resolved(name)}).default,`).join('\n')}
};
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
const User = ({ useSWR, name, fetcher }) => String(useSWR(name, fetcher, { refreshInterval: 5_000 }).data);
const show = async (version, name, fetcher) => {
  const root = createRoot(document.createElement('div'));
  await act(async () => root.render(createElement(User, { useSWR: SWR[version], name, fetcher })));
  return () => act(async () => root.unmount());
};
const client = () => new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.empty() });
const known = async () => 'Ada';
const unknown = async () => { throw new Error('nobody'); };
`;

const SUITE = `${SHOWN}
const { load } = require('other');
describe.each(Object.keys(SWR))('%s', (version) => {
  test('loads, and unmounts', async () => (await show(version, version + ' user', known))());
  test('has nobody to show, and unmounts', async () => (await show(version, version + ' nobody', unknown))());
  test('leaks a component that refreshes', () => show(version, 'guest', known));
});
test('makes a client, and stops it', () => client().stop());
test('leaks the timer of another package', () => {
  load(known);
});
`;

/** Counts the timers of a second or more that are left when all has been called that is offered to end them. */
const ENDED = `
const left = new Set();
const { setTimeout: arm, clearTimeout: disarm } = globalThis;
globalThis.setTimeout = (fn, ms, ...args) => {
  const timer = arm(fn, ms, ...args);
  if (ms >= 1_000) left.add(timer);
  return timer;
};
globalThis.clearTimeout = (timer) => {
  left.delete(timer);
  disarm(timer);
};
${SHOWN}
afterEach(() => {
  left.forEach(disarm);
  left.clear();
});
test.each(Object.keys(SWR))('%s has timers when its component is gone', async (version) => {
  await (await show(version, version + ' user', known))();
  expect(left.size).toBe(2);
  await (await show(version, version + ' nobody', unknown))();
  expect(left.size).toBe(4);
});
test('a client has a timer when it is stopped', () => {
  client().stop();
  expect(left.size).toBe(1);
});
`;

/** As in a page: there all of it goes with that. */
const CONFIG = {
  testEnvironment: resolve(__dirname, '../../dist/runners/jest-jsdom.js'),
  testEnvironmentOptions: { leakgate: { graceMs: 50 } },
};

describe('what libraries that fetch for components keep by design', () => {
  it('is nobody’s leak where nothing ends it; what unmounting ends is one, and the same of any other package', async () => {
    const run = await runJest({
      files: { 'node_modules/other/index.js': OTHER, 'by-design.test.js': SUITE, 'ended.test.js': ENDED },
      config: CONFIG,
    });
    const found = run.reports.flatMap(({ findings }) => findings);
    expect(found.map(({ scope, root, openedBy }) => [scope.path.join(), root.kind, openedBy]).sort()).toEqual([
      ['leaks the timer of another package', 'timeout', 'other'],
      ...[...VERSIONS].sort().map((name) => [`${name},leaks a component that refreshes`, 'timeout', 'swr']),
    ]);
    const failed = [...run.tests].filter(([, { status }]) => status === 'failed').map(([name]) => name);
    expect(failed.sort()).toEqual(found.map(({ scope }) => scope.path.join(' ')).sort());
  });
});
