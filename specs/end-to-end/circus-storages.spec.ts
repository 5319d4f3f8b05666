import { resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

/** Tells how many storages a promise, or anything else, passes through in this file. Its own is in use while it does. */
const COUNTS = `
const { AsyncLocalStorage } = require('node:async_hooks');
const own = new AsyncLocalStorage();
test('counts', () => {
  own.run('mine', () => {
    const immediate = setImmediate(() => {});
    clearImmediate(immediate);
    const stores = Object.getOwnPropertySymbols(immediate).filter(({ description }) => description === 'kResourceStore');
    process.stdout.write('through ' + stores.length + '\\n');
    expect(own.getStore()).toBe('mine');
  });
  own.disable();
});
`;

const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.test.js`, COUNTS]));

async function counts(config: Readonly<Record<string, unknown>>): Promise<readonly number[]> {
  const run = await runJest({ files, config: { ...config, transform: {} }, args: ['--runInBand'] });
  expect(run.code).toBe(0);
  return [...run.output.matchAll(/through (\d+)/g)].map(([, count]) => Number(count));
}

const isHooked = Number(process.versions.node.split('.')[0]) < 24;

describe('the storage of jest-circus', () => {
  it('is ended with its file: a promise of the last one passes through no more than one of the first', async () => {
    const [first, ...others] = await counts({});
    expect(others).toEqual([first, first, first]);
    expect(first).toBe(isHooked ? 3 : 0);
  });

  (isHooked ? it : it.skip)('is left enabled by Jest itself', async () => {
    const plain = { testEnvironment: resolve(__dirname, '../../node_modules/jest-environment-node') };
    expect(await counts(plain)).toEqual([2, 3, 4, 5]);
  });
});
