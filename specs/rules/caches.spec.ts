import { describe, expect, it, jest } from '@jest/globals';
import CacheableLookup from 'cacheable-lookup';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { expectClaims } from '../end-to-end/claims';
import { runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

/** Forgets as these do; nobody has said that this is by design. */
const OTHER = `
exports.remember = (cache, key) => {
  cache.set(key, setTimeout(() => cache.delete(key), 5_000).unref());
};
`;

const resolved = (name: string): string => JSON.stringify(require.resolve(name));

const SUITE = `
const { RateLimiterMemory } = require(${resolved('rate-limiter-flexible')});
const CacheableLookup = require(${resolved('cacheable-lookup')});
const { remember } = require('other');
const shared = new RateLimiterMemory({ points: 2, duration: 5 });
test('limits by a limiter of all', () => shared.consume('Ada'));
test('limits by its own', async () => {
  const limiter = new RateLimiterMemory({ points: 2, duration: 600 });
  await limiter.consume('Ada');
  await limiter.consume('Grace');
});
test('looks up', async () => {
  const cache = new CacheableLookup({ lookup: false, resolver: {
    setServers() {},
    resolve4: (name, options, done) => done(null, [{ address: '127.0.0.1', ttl: 60 }]),
    resolve6: (name, options, done) => done(null, []),
  } });
  expect((await cache.lookupAsync('shop.test')).address).toBe('127.0.0.1');
});
test('leaks the timer of another package', () => {
  remember(new Map(), 'Ada'); // opens
});
`;

/** Whatever a class might call what ends its objects. */
const ENDS = /close|stop|end|destroy|dispose|shutdown|quit|terminate/i;

const namesOf = (prototype: object | null): readonly string[] =>
  prototype === null || prototype === Object.prototype
    ? []
    : [...Object.getOwnPropertyNames(prototype), ...namesOf(Object.getPrototypeOf(prototype))];

describe('what caches in memory keep by design', () => {
  it('is nobody’s leak where nothing can end it; the same of any other package is one', async () => {
    const files = { 'node_modules/other/index.js': OTHER, 'by-design.test.js': SUITE };
    const run = await runJest({ files });
    expectClaims(run, files);
    expect(run.reports.flatMap(({ findings }) => findings.map(({ root }) => root.kind))).toEqual(['timeout']);
  });

  it('is ended by nothing that they offer', async () => {
    expect(namesOf(RateLimiterMemory.prototype).filter((name) => ENDS.test(name))).toEqual([]);
    expect(namesOf(CacheableLookup.prototype).filter((name) => ENDS.test(name))).toEqual([]);
  });

  it('keeps no process up', async () => {
    const armed = [jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'setInterval')];
    const timers = () => armed.flatMap(({ mock }) => mock.results.map(({ value }) => value as NodeJS.Timeout));
    try {
      await new RateLimiterMemory({ points: 2, duration: 5 }).consume('Ada');
      new CacheableLookup().clear();
      expect(timers().map((timer) => timer.hasRef())).toEqual([false, false]);
    } finally {
      for (const timer of timers()) clearTimeout(timer);
      for (const spy of armed) spy.mockRestore();
    }
  });
});
