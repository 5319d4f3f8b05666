import { resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

const installed = (name: string): string => resolve(__dirname, '../../node_modules', name);

/** Lines that every transform drops or moves: types above, a long signature within. */
const TYPED = `
interface Unused {
  readonly a: string;
}

type AlsoUnused = Unused | undefined;

const later = (
  ms: number,
): NodeJS.Timeout =>
  setTimeout(() => {}, ms); // opens

describe('typed', () => {
  test('clears', (): void => {
    const timer: NodeJS.Timeout = later(60_000);
    clearTimeout(timer);
  });

  test('leaks after an await', async (): Promise<void> => {
    const unused: AlsoUnused = undefined;
    await Promise.resolve(unused);
    setTimeout(() => {}, 60_000); // opens
  });

  test('leaks in a class', (): void => {
    class Poller {
      private readonly timer: NodeJS.Timeout;
      constructor(private readonly ms: number) {
        this.timer = setTimeout(() => {}, this.ms); // opens
      }
    }
    new Poller(60_000);
  });
});
`;

const ESBUILD = `
const { transformSync } = require(${JSON.stringify(installed('esbuild'))});
module.exports = {
  process(sourceText, sourcePath) {
    return transformSync(sourceText, { loader: 'ts', format: 'cjs', sourcefile: sourcePath, sourcemap: true, target: 'es2022' });
  },
};
`;

const MODERN = `
import { setTimeout as arm } from 'node:timers';

test('leaks from an ES module', async () => {
  await null;
  arm(() => {}, 60_000); // opens
});

test('clears in an ES module', () => {
  clearTimeout(arm(() => {}, 60_000));
});
`;

const tests = (file: string): Record<string, string> => ({ [file]: TYPED });

const expectCodeFrame = (run: JestRun): void => {
  for (const finding of findingsOf(run)) {
    expect(run.output).toMatch(new RegExp(`> ${finding.openedAt?.line} \\|.*// opens`));
  }
};

describe('transforms', () => {
  it('names the line the user wrote through @swc/jest', async () => {
    const files = tests('typed.test.ts');
    const run = await runJest({ files, config: { testEnvironmentOptions: { leakgate: { graceMs: 50 } } } });
    expectClaims(run, files);
    expectCodeFrame(run);
  });

  it('names the line the user wrote in a folder with parentheses in its name', async () => {
    const files = tests('app/(shop)/typed.test.ts');
    const run = await runJest({ files, config: { testEnvironmentOptions: { leakgate: { graceMs: 50 } } } });
    expectClaims(run, files);
    expectCodeFrame(run);
  });

  it('names the line the user wrote through esbuild', async () => {
    const files = { ...tests('typed.test.ts'), 'esbuild.js': ESBUILD };
    const run = await runJest({
      files,
      config: {
        transform: { '\\.ts$': '<rootDir>/esbuild.js' },
        testEnvironmentOptions: { leakgate: { graceMs: 50 } },
      },
    });
    expectClaims(run, files);
    expectCodeFrame(run);
  });

  it('names the line the user wrote through babel-jest', async () => {
    const files = {
      'plain.test.js': MODERN.replaceAll(/import .*;/g, 'const { setTimeout: arm } = require("timers");'),
    };
    const run = await runJest({
      files,
      config: {
        transform: { '\\.js$': installed('babel-jest') },
        testEnvironmentOptions: { leakgate: { graceMs: 50 } },
      },
    });
    expectClaims(run, files);
    expectCodeFrame(run);
  });

  it('judges ES modules as it does CommonJS', async () => {
    const files = { 'modern.test.mjs': MODERN };
    const run = await runJest({
      files,
      nodeArgs: ['--experimental-vm-modules', '--no-warnings'],
      config: {
        testMatch: ['**/*.test.mjs'],
        moduleFileExtensions: ['mjs', 'js'],
        transform: {},
        testEnvironmentOptions: { leakgate: { graceMs: 50 } },
      },
    });
    expectClaims(run, files);
    expectCodeFrame(run);
  });

  it('judges ES modules in TypeScript', async () => {
    const files = { 'modern.test.ts': MODERN, 'package.json': '{ "type": "module" }' };
    const run = await runJest({
      files,
      nodeArgs: ['--experimental-vm-modules', '--no-warnings'],
      config: {
        extensionsToTreatAsEsm: ['.ts'],
        transform: { '\\.ts$': [installed('@swc/jest'), { module: { type: 'es6' }, jsc: { target: 'es2022' } }] },
        testEnvironmentOptions: { leakgate: { graceMs: 50 } },
      },
    });
    expectClaims(run, files);
    expectCodeFrame(run);
  });
});
