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

/** A module's own sweep: armed for whoever uses it first, and never ended. */
const sweep = (arm: string, rest = '') => `
let seen = new Set();
let timer;
exports.take = async (name) => {
  if (!timer) ${arm}
  if (timer.unref) timer.unref();
  seen.add(name);
};
${rest}`;
const INTERVAL = 'timer = setInterval(() => { seen = new Set(); }, 15_000);';

const sweeping = {
  'node_modules/once/index.js': sweep(INTERVAL),
  'node_modules/modern/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/modern/index.js': `
    let timer;
    let seen = new Set();
    export const take = async (name) => {
      if (timer === undefined) timer = setTimeout(() => { timer = undefined; seen = new Set(); }, 15_000);
      timer.unref();
      seen.add(name);
    };
  `,
  'node_modules/ending/index.js': sweep(INTERVAL, 'exports.end = () => clearInterval(timer);'),
  'node_modules/answering/index.js': sweep(INTERVAL, 'exports.timer = () => timer;'),
  'node_modules/holding/index.js': sweep(INTERVAL.replace('15_000', '15_000).ref(')).replace(
    'if (timer.unref)',
    'if (false)',
  ),
  'node_modules/forgetting/index.js': sweep(INTERVAL).replace('if (!timer)', ''),
  'node_modules/minding/index.js': `
    let timer;
    exports.take = async (name) => {
      timer = setInterval(() => name.length, 15_000);
      timer.unref();
    };
  `,
  'src/own.js': sweep(INTERVAL),
  ...Object.fromEntries(
    ['once', 'ending', 'answering', 'holding', 'minding', './src/own'].map((name) => [
      `${name.replaceAll(/\W|src/g, '')}.test.js`,
      `const { take } = require('${name}'); test('takes', () => take('a')); test('takes another', async () => {});`,
    ]),
  ),
  'forgetting.test.js': `
    const { take } = require('forgetting');
    test('takes', () => take('a'));
    test('takes another', () => take('b'));
  `,
  'modern.test.mjs': `import { take } from 'modern'; test('takes', () => take('a'));`,
};

describe('what a library arms when it is first used', () => {
  it('is part of it where nothing could end it; where its module ends it, hands it out, loses it or arms it for its caller, it is a leak', async () => {
    const run = await runJest({
      files: sweeping,
      config: { testMatch: ['**/*.test.?(m)js'], transform: {} },
      nodeArgs: ['--experimental-vm-modules'],
    });
    expect(
      [...new Set(findingsOf(run).map(({ scope, root }) => `${scope.file.split('/').at(-1)}: ${root.kind}`))].sort(),
    ).toEqual(
      ['answering', 'ending', 'forgetting', 'holding', 'minding', 'own'].map((name) => `${name}.test.js: interval`),
    );
    expect(findingsOf(run).filter(({ scope }) => scope.file.endsWith('forgetting.test.js'))).toHaveLength(1);
  });
});
