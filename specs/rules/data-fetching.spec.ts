import { resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { expectClaims } from '../end-to-end/claims';
import { runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

/** The timers of SWR's hook, as its own code arms them. */
const SWR = `
const useMemoized = (fn) => fn;
exports.useSWR = (fetcher, { refreshInterval } = {}) => {
  let timer;
  let gone = false;
  const revalidate = useMemoized(async () => {
    setTimeout(() => { if (!gone) console.warn('slow'); }, 3_000);
    await fetcher();
    setTimeout(() => {}, 2_000);
  });
  function next() {
    if (refreshInterval) timer = setTimeout(() => revalidate().then(next), refreshInterval);
  }
  next();
  revalidate();
  return () => { gone = true; clearTimeout(timer); };
};
`;

const SWR_CONFIG = `
const onErrorRetry = (_, revalidate) => {
  setTimeout(revalidate, 5_000);
};
exports.onErrorRetry = onErrorRetry;
`;

const APOLLO = `
let suggested = false;
exports.ApolloClient = class {
  constructor() {
    this.connectToDevTools();
  }
  connectToDevTools() {
    if (suggested) return;
    suggested = true;
    setTimeout(() => console.info('Download the devtools'), 10_000);
  }
  poll() {
    this.polling = setTimeout(() => this.poll(), 5_000);
  }
};
`;

/** Does as the two do; nobody has said that this is by design. */
const OTHER = `
exports.load = (fn) => { setTimeout(() => fn(), 3_000); };
`;

const SUITE = `
const { useSWR } = require('swr');
const { onErrorRetry } = require('swr/dist/config-context-abc123.js');
const { ApolloClient } = require('@apollo/client');
const { load } = require('other');
const user = async () => 'Ada';
test('loads, and unmounts', async () => {
  const unmount = useSWR(user, { refreshInterval: 5_000 });
  await null;
  unmount();
});
test('tries anew', () => onErrorRetry(new Error('refused'), user));
test('leaks its refresh', () => {
  useSWR(user, { refreshInterval: 5_000 }); // opens
});
test('makes a client', () => {
  new ApolloClient();
});
test('leaks a client that polls', () => {
  new ApolloClient().poll(); // opens
});
test('leaks the timer of another package', () => {
  load(user); // opens
});
`;

/** As in a page: there all of it goes with that. */
const CONFIG = {
  testEnvironment: resolve(__dirname, '../../dist/runners/jest-jsdom.js'),
  testEnvironmentOptions: { leakgate: { graceMs: 50 } },
};

const named = (name: string, main: string): string => JSON.stringify({ name, main });

describe('what libraries that fetch for components keep by design', () => {
  it('is nobody’s leak, wherever a bundler has put it; what an end is offered for is one, and the same of any other package', async () => {
    const files = {
      'node_modules/swr/package.json': named('swr', 'dist/use-swr-guqrv3k1.js'),
      'node_modules/swr/dist/use-swr-guqrv3k1.js': SWR,
      'node_modules/swr/dist/config-context-abc123.js': SWR_CONFIG,
      'node_modules/@apollo/client/package.json': named('@apollo/client', '__cjs/core/ApolloClient.cjs'),
      'node_modules/@apollo/client/__cjs/core/ApolloClient.cjs': APOLLO,
      'node_modules/other/index.js': OTHER,
      'by-design.test.js': SUITE,
    };
    const run = await runJest({ files, config: CONFIG });
    expectClaims(run, files);
    expect(run.reports.flatMap(({ findings }) => findings.map(({ root }) => root.kind))).toHaveLength(3);
  });
});
