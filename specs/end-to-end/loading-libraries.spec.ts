import { describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

/** What is made once, as a module loads; unreferenced, it does not keep the process up. */
const MADE = `
const sweep = setInterval(() => {}, 1_000);
const channel = new BroadcastChannel('clients');
`;
const UNREFERENCED = `${MADE}sweep.unref();\nchannel.unref();\n`;

const files = {
  'node_modules/mocks/index.js': `${UNREFERENCED}exports.listen = () => {};`,
  'node_modules/modern/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/modern/index.js': `${UNREFERENCED}export const listen = () => {};`,
  'node_modules/holding/index.js': `${MADE}exports.listen = () => {};`,
  'node_modules/later/index.js': `exports.listen = () => setInterval(() => {}, 1_000).unref();`,
  'src/sweeper.js': `setInterval(() => {}, 1_000).unref(); // its own`,
  'a-library.test.js': `
    const { listen } = require('mocks');
    test('uses a library', () => listen());
  `,
  'b-library-in-a-test.test.js': `
    test('loads it', () => require('mocks').listen());
    test('loads it again', () => { jest.resetModules(); require('mocks').listen(); });
  `,
  'c-modern.test.mjs': `
    import { listen } from 'modern';
    test('uses a modern one', () => listen());
  `,
  'd-holding.test.js': `
    const { listen } = require('holding');
    test('uses one that holds', () => listen());
  `,
  'e-called.test.js': `
    const { listen } = require('later');
    listen();
    test('uses one it has called', () => {});
  `,
  'f-own.test.js': `
    require('./src/sweeper');
    test('uses its own', () => {});
  `,
};

describe('what a library makes as it is loaded', () => {
  it('is part of it where it is unreferenced; where it holds the process up, was called for or is the user’s own, it is a leak', async () => {
    const run = await runJest({
      files,
      config: { testMatch: ['**/*.test.?(m)js'], transform: {} },
      nodeArgs: ['--experimental-vm-modules'],
    });
    expect([...run.tests.values()].map(({ status }) => status)).toEqual(Array(7).fill('passed'));
    expect(
      findingsOf(run)
        .map(({ scope, root }) => `${scope.file.split('/').at(-1)}: ${root.kind}`)
        .sort(),
    ).toEqual(['d-holding.test.js: interval', 'e-called.test.js: interval', 'f-own.test.js: interval']);
    expect(run.output).toContain('// its own');
  });
});
