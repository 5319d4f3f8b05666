import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { ciLines } from '../../harness/cli/ci-lines';
import { testScript } from '../../harness/cli/test-script';
import { inProject, type Project, ROOT } from './cli-project';
import { LEAKY } from './ratchet-project';

jest.setTimeout(180_000);

const BASELINE = 'leakgate-baseline.jsonl';

/** A project that has leakgate installed beside everything else. */
async function inInstalled<T>(
  files: Readonly<Record<string, string>>,
  use: (project: Project) => Promise<T>,
): Promise<T> {
  return inProject({ ...LEAKY, ...files }, async (project) => {
    const modules = join(project.dir, 'node_modules');
    rmSync(modules);
    mkdirSync(modules);
    for (const name of readdirSync(join(ROOT, 'node_modules')).filter((each) => !each.startsWith('.'))) {
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    symlinkSync(realpathSync(ROOT), join(modules, 'leakgate'));
    return use(project);
  });
}

const files = (project: Project, path: string, text: string): void => writeFileSync(join(project.dir, path), text);

describe('leakgate init', () => {
  it('adds the preset, records what leaks, shows the lines for CI, and changes nothing the second time', async () => {
    await inInstalled({}, async (project) => {
      const { leakgate, jest: plain, read } = project;
      const run = await leakgate(['init']);
      expect(run.stdout).toContain("package.json now has: preset: 'leakgate'\n");
      expect(run.stdout).toContain(`${BASELINE} holds 3 leaks.`);
      expect(run.stdout).toContain('      - run: npx leakgate run -- jest --ci\n');
      expect(run.code).toBe(0);
      expect((await plain(['--ci'])).code).toBe(0);
      expect((await leakgate(['run', '--', 'jest', '--ci'])).code).toBe(0);

      const before = [read('package.json'), read(BASELINE)];
      files(project, 'b.test.js', `${LEAKY['b.test.js']}test('waits more', () => { setTimeout(() => {}, 60_000); });`);
      expect((await plain(['--ci'])).code).toBe(1);
      const again = await leakgate(['init']);
      expect(again.stdout).toContain(`Jest runs under the gate already.\n${BASELINE} is there already.\n`);
      expect([read('package.json'), read(BASELINE)]).toEqual(before);
    });
  });

  it('adds the preset to the very file that a link leads to', async () => {
    const config = 'module.exports = { watchman: false };\n';
    await inInstalled({ 'package.json': '{}', 'shared.js': config }, async ({ leakgate, dir, read }) => {
      symlinkSync('shared.js', join(dir, 'jest.config.js'));
      files({ dir } as Project, BASELINE, '{"leakgate":"baseline","version":2}\n');
      await leakgate(['init']);
      expect(lstatSync(join(dir, 'jest.config.js')).isSymbolicLink()).toBe(true);
      expect(read('shared.js')).toContain("preset: 'leakgate'");
    });
  });

  it('says in a sentence that a configuration cannot be written, and leaves it as it was', async () => {
    const full = `#!/bin/sh\nulimit -f 0\nexec "${process.execPath}" "$@"\n`;
    await inInstalled({ 'node-on-a-full-disk': full }, async ({ leakgate, dir, read }) => {
      const node = join(dir, 'node-on-a-full-disk');
      chmodSync(node, 0o755);
      const run = await leakgate(['init'], { node });
      expect(run.stderr).toMatch(
        /^leakgate: \S+package\.json cannot be written: EFBIG: [^\n]*; what was there before is as it was\.\n$/,
      );
      expect(run.code).toBe(4);
      expect(read('package.json')).toBe(LEAKY['package.json']);
    });
  });

  it.each<[string, string, string, string]>([
    [
      'jest.config.js',
      'module.exports = { watchman: false };\n',
      "module.exports = { preset: 'leakgate', watchman: false };\n",
      "preset: 'leakgate'",
    ],
    [
      'jest.config.cjs',
      '/** @type {import("jest").Config} */\nconst config = {\n    watchman: false,\n};\n\nmodule.exports = config;\n',
      '/** @type {import("jest").Config} */\nconst config = {\n    preset: "leakgate",\n    watchman: false,\n};\n\nmodule.exports = config;\n',
      "preset: 'leakgate'",
    ],
    [
      'jest.config.mjs',
      "export default {\n  watchman: false,\n  testEnvironment: 'node',\n};\n",
      "export default {\n  reporters: ['default', 'leakgate/jest-reporter'],\n  watchman: false,\n  testEnvironment: 'leakgate/jest/node',\n};\n",
      "testEnvironment: 'leakgate/jest/node', reporters: ['default', 'leakgate/jest-reporter']",
    ],
    [
      'jest.config.js',
      "module.exports = async () => {\n  return {\n    watchman: false,\n    reporters: ['default'],\n  };\n};\n",
      "module.exports = async () => {\n  return {\n    testEnvironment: 'leakgate/jest/node',\n    watchman: false,\n    reporters: ['default'],\n  };\n};\n",
      "testEnvironment: 'leakgate/jest/node'",
    ],
    [
      'jest.config.json',
      '{\n\t"watchman": false\n}\n',
      '{\n\t"preset": "leakgate",\n\t"watchman": false\n}\n',
      "preset: 'leakgate'",
    ],
  ])('adds the gate to a %s as its author would', async (name, before, after, added) => {
    await inInstalled(
      { 'package.json': '{}', [name]: before, [BASELINE]: '{"leakgate":"baseline","version":1}\n' },
      async ({ leakgate, read }) => {
        const run = await leakgate(['init']);
        expect(run.stdout).toContain(`${name} now has: ${added}\n`);
        expect(read(name)).toBe(after);
      },
    );
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a configuration that is put together elsewhere',
      {
        'jest.config.js': "module.exports = require('./base');\n",
        'base.js': 'module.exports = { watchman: false };\n',
      },
      /^jest\.config\.js was left as it is\. Add to it, and to each of its projects:\n {2}preset: 'leakgate',$/m,
    ],
    [
      'one in which the first object is another',
      {
        'jest.config.js':
          "const paths = {\n  a: 'b',\n};\nmodule.exports = Object.assign({ watchman: false }, paths.a === 'b' ? {} : paths);\n",
      },
      /^jest\.config\.js was left as it is\./m,
    ],
    [
      'an environment of the project’s own',
      {
        'jest.config.js': "module.exports = { watchman: false, testEnvironment: './own.js' };\n",
        'own.js': "module.exports = class extends require('jest-environment-node').TestEnvironment {};\n",
      },
      /^The test environment is the project's own: let jest\.config\.js name one that is wrapped/m,
    ],
    [
      'several projects',
      { 'jest.config.js': "module.exports = { projects: [{ displayName: 'a' }, { displayName: 'b' }] };\n" },
      /^jest\.config\.js was left as it is\./m,
    ],
  ])('says what to add to %s, and leaves it as it is', async (_what, config, says) => {
    await inInstalled(
      { 'package.json': '{}', ...config, [BASELINE]: '{"leakgate":"baseline","version":1}\n' },
      async ({ leakgate, read }) => {
        const run = await leakgate(['init']);
        expect(run.stdout).toMatch(says);
        expect(run.code).toBe(0);
        for (const [path, text] of Object.entries(config)) expect(read(path)).toBe(text);
      },
    );
  });

  it('starts Jest as `npm test` does: its flags, its variables, the configuration it names, the package manager', async () => {
    const esm = "import { setInterval } from 'node:timers';\ntest('leaks', () => { setInterval(() => {}, 5000); });\n";
    await inInstalled(
      {
        'package.json': JSON.stringify({
          type: 'module',
          scripts: {
            test: 'npm run lint && cross-env NODE_OPTIONS=--experimental-vm-modules pnpm exec jest --config conf/jest.json --watch',
          },
        }),
        'pnpm-lock.yaml': '',
        'conf/jest.json': '{ "rootDir": "..", "watchman": false, "transform": {}, "testMatch": ["**/esm.test.js"] }',
        'esm.test.js': esm,
      },
      async ({ leakgate, read }) => {
        const run = await leakgate(['init']);
        expect(run.stdout).toContain("conf/jest.json now has: preset: 'leakgate'\n");
        expect(run.stdout).toContain(`${BASELINE} holds 1 leak.`);
        expect(run.stdout).toContain(
          '      - run: pnpm install --frozen-lockfile\n      - run: NODE_OPTIONS=--experimental-vm-modules pnpm exec leakgate run -- pnpm exec jest --config conf/jest.json --ci\n',
        );
        expect(run.code).toBe(0);
        expect(read('package.json')).not.toContain('"preset"');
      },
    );
  });

  it.each<[string, string, object]>([
    ['jest', 'jest', {}],
    ['NODE_ENV=test TZ=UTC jest --coverage', 'jest --coverage', { NODE_ENV: 'test', TZ: 'UTC' }],
    [
      'node --experimental-vm-modules node_modules/jest/bin/jest.js',
      'node --experimental-vm-modules node_modules/jest/bin/jest.js',
      {},
    ],
    ["tsc; jest --testPathPattern 'a b' --watchAll=true", 'jest --testPathPattern a b', {}],
    [`jest -t "it's done" --reporters='say "hi"'`, `jest -t it's done --reporters=say "hi"`, {}],
    ['vitest run', 'jest', {}],
    ['jest a && jest b', 'jest', {}],
    ['jest $(cat files)', 'jest', {}],
    ['', 'jest', {}],
  ])('takes `%s` for `%s`', async (script, words, env) => {
    await inProject({ 'package.json': JSON.stringify({ scripts: { test: script } }) }, async ({ dir }) => {
      const told = testScript(dir);
      expect([told.words.join(' '), told.env]).toEqual([words, env]);
    });
  });

  it('shows a word for CI as a shell takes it', async () => {
    await inProject({ 'package.json': '{}' }, async ({ dir }) => {
      const lines = ciLines(dir, { words: ['jest', '-t', "it's done"], env: {} });
      expect(lines).toContain(String.raw`npx leakgate run -- jest -t 'it'\''s done' --ci`);
    });
  });

  it('asks for what is missing', async () => {
    await inProject(LEAKY, async ({ leakgate, read }) => {
      const run = await leakgate(['init']);
      expect(run.stderr).toBe(
        'leakgate: leakgate is not installed here; run `npm install --save-dev leakgate` first.\n',
      );
      expect(run.code).toBe(2);
      expect(read('package.json')).toBe(LEAKY['package.json']);
    });
    await inInstalled({ 'jest.config.js': 'module.exports = {};' }, async ({ leakgate }) => {
      const run = await leakgate(['init']);
      expect(run.stderr).toContain('leakgate: Jest cannot read its configuration; `npx jest --showConfig` says why.\n');
      expect(run.code).toBe(2);
    });
  });
});
