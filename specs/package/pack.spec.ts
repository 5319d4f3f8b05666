import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type PackedProject, packedProject } from './packed-project';

const manifest = JSON.parse(readFileSync(resolve(__dirname, '../../package.json'), 'utf8')) as {
  version: string;
  exports: Record<string, string>;
  devDependencies: Record<string, string>;
};

const pinned = (name: string): string => `${name}@${manifest.devDependencies[name]}`;

const LEAKY = "test('leaks', () => { require('node:net').createServer().listen(0); });\n";
const SERVER_LEAK = /A TCP server on \S+:\d+ was opened in this test, but never closed\./;
const CLEAN = "test('is clean', () => new Promise((done) => { setTimeout(done, 1); }));\n";

/** A user's TypeScript that touches every typed entry point. */
const TYPED = `
import { withLeakgate } from 'leakgate/jest';
import GatedNode from 'leakgate/jest/node';
import { leakgate } from 'leakgate';
import 'leakgate/matchers';
import { expect } from '@jest/globals';
import { TestEnvironment } from 'jest-environment-node';

class Client { close(): void {} private secret(): void {} }
leakgate.track(Client, { release: 'close' });
// @ts-expect-error it has no such method
leakgate.track(Client, { release: 'destroy' });
export const asked: Promise<void> = expect(() => 7).not.toLeak({ kind: 'interval', openedAt: expect.stringContaining('x') });
export const gone: Promise<void> = expect(new WeakRef({})).toBeCollected();
export const grown: Promise<void> = leakgate.repeat(10, async () => 7);
// @ts-expect-error leaks have no such field
expect(() => 7).toLeak({ type: 'interval' });
class Mine extends TestEnvironment {}
export class Gated extends withLeakgate(Mine) {}
export const classes: (typeof TestEnvironment)[] = [Gated, GatedNode];
// @ts-expect-error withLeakgate takes a class
withLeakgate('node');
`;

const tsconfig = (module: string, moduleResolution: string, files: readonly string[]): string =>
  JSON.stringify({
    compilerOptions: {
      module,
      moduleResolution,
      target: 'es2022',
      strict: true,
      noEmit: true,
      esModuleInterop: true,
      skipLibCheck: false,
      types: ['node'],
    },
    files,
  });

// Every test starts processes, on machines that do other things too.
jest.setTimeout(60_000);

describe('the packed package', () => {
  let project: PackedProject;

  beforeAll(async () => {
    project = await packedProject(['jest', 'typescript', '@types/node'].map(pinned));
  }, 240_000);

  afterAll(() => {
    project.remove();
  });

  it('holds what is published, and nothing else', () => {
    const folders = new Set(project.packed.map((path) => path.split('/')[0]));
    expect([...folders].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
      'report.schema.json',
    ]);
    for (const target of Object.values(manifest.exports)) expect(project.packed).toContain(target.replace('./', ''));
  });

  it('loads from CommonJS', async () => {
    project.write({
      'load.cjs': `
        const { withLeakgate } = require('leakgate/jest');
        const Gated = require('leakgate/jest/node');
        require('leakgate');
        console.log(typeof withLeakgate, typeof Gated, require('leakgate/package.json').version);`,
    });
    expect(await project.run('node', 'load.cjs')).toMatchObject({
      code: 0,
      stdout: `function function ${manifest.version}\n`,
    });
  });

  it('loads from ESM, by name', async () => {
    project.write({
      'load.mjs': `
        import 'leakgate';
        import { withLeakgate } from 'leakgate/jest';
        import Gated from 'leakgate/jest/node';
        import preset from 'leakgate/jest-preset';
        console.log(typeof withLeakgate, typeof Gated, typeof preset.testEnvironment);`,
    });
    expect(await project.run('node', 'load.mjs')).toMatchObject({ code: 0, stdout: 'function function string\n' });
  });

  for (const [name, module, resolution] of [
    ['node16', 'node16', 'node16'],
    ['nodenext', 'nodenext', 'nodenext'],
    ['bundler', 'esnext', 'bundler'],
  ] as const) {
    it(`has types under ${name}, from CommonJS and ESM`, async () => {
      project.write({
        'types/uses.cts': TYPED,
        'types/uses.mts': TYPED,
        [`types/tsconfig.${name}.json`]: tsconfig(module, resolution, ['uses.cts', 'uses.mts']),
      });
      const { code, output } = await project.run('tsc', '-p', `types/tsconfig.${name}.json`);
      expect({ code, output }).toEqual({ code: 0, output: '' });
    });
  }

  it('fails a leaking test with `preset` alone, and passes a clean one', async () => {
    project.write({
      'jest.config.js': "module.exports = { preset: 'leakgate' };\n",
      'leaky.test.js': LEAKY,
      'clean.test.js': CLEAN,
    });
    const leaky = await project.run('jest', '--watchman=false', 'leaky');
    expect(leaky.output).toMatch(SERVER_LEAK);
    expect(leaky.output).toContain('at leaky.test.js:1:');
    expect(leaky.code).toBe(1);
    const clean = await project.run('jest', '--watchman=false', 'clean');
    expect(clean.output).toContain('1 passed');
    expect(clean.code).toBe(0);
  });

  it('gates ESM tests', async () => {
    project.write({
      'jest.config.js': "module.exports = { preset: 'leakgate', testMatch: ['**/*.test.mjs'], transform: {} };\n",
      'leaky.test.mjs': "import net from 'node:net';\ntest('leaks', () => { net.createServer().listen(0); });\n",
    });
    const jest = join(project.folder, 'node_modules/jest/bin/jest.js');
    const { code, output } = await project.run('node', '--experimental-vm-modules', jest, '--watchman=false');
    expect(output).toMatch(SERVER_LEAK);
    expect(output).toContain('at leaky.test.mjs:2:');
    expect(code).toBe(1);
  });

  it('finds the Jest that is running where nothing is hoisted', async () => {
    const linked = await packedProject([pinned('jest')], 'linked');
    try {
      linked.write({ 'jest.config.js': "module.exports = { preset: 'leakgate' };\n", 'leaky.test.js': LEAKY });
      const { code, output } = await linked.run('jest', '--watchman=false');
      expect(output).toMatch(SERVER_LEAK);
      expect(code).toBe(1);
    } finally {
      linked.remove();
    }
  }, 240_000);

  it('brings its command along', async () => {
    const { code, stdout } = await project.run('leakgate', '--help');
    expect(stdout).toMatch(/^Usage: leakgate /);
    expect(code).toBe(0);
  });
});
