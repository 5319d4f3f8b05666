import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { inProject, ROOT } from '../cli/cli-project';

jest.setTimeout(120_000);

interface Step {
  readonly id?: string;
  readonly name: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action = parse(readFileSync(resolve(__dirname, '../../action.yml'), 'utf8')) as Action;
const [gate] = action.runs.steps;

/** In the place of npx, which would look for an installed leakgate: the one that is built here. */
const NPX = `#!/bin/sh\nwhile [ "$1" != leakgate ]; do shift; done\nshift\nexec "${process.execPath}" "${join(ROOT, 'dist/cli/main.js')}" "$@"\n`;

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly outputs: string;
  readonly summary: string;
}

/** The action's own script. */
function runGate(dir: string, inputs: Readonly<Record<string, string>>): Ran {
  const given = Object.fromEntries(
    Object.entries(gate?.env ?? {}).map(([name, expression]) => {
      const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression) ?? [];
      return [name, inputs[input] ?? action.inputs[input]?.default ?? ''];
    }),
  );
  return runStep(dir, gate?.run ?? '', given);
}

/** A script as GitHub's runner starts it with `shell: bash`. */
function runStep(dir: string, script: string, given: Readonly<Record<string, string>> = {}): Ran {
  chmodSync(join(dir, 'bin/npx'), 0o755);
  const env = {
    ...given,
    PATH: `${join(dir, 'bin')}:${process.env.PATH}`,
    GITHUB_OUTPUT: join(dir, 'outputs'),
    GITHUB_STEP_SUMMARY: join(dir, 'summary'),
    GITHUB_RUN_ID: '77',
    GITHUB_SHA: 'c0ffee',
    CI: 'true',
  };
  const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], {
    cwd: dir,
    encoding: 'utf8',
    env,
  });
  const read = (name: string): string => {
    try {
      return readFileSync(join(dir, name), 'utf8');
    } catch {
      return '';
    }
  };
  return { status, stdout, outputs: read('outputs'), summary: read('summary') };
}

const FILES = {
  'bin/npx': NPX,
  'a.test.js': "test('leaky', () => { setInterval(() => {}, 5000); });\n",
  'b.test.js': "test('clean', () => {});\n",
};

describe('the action', () => {
  it('lets no input become part of a script', () => {
    expect(action.runs.using).toBe('composite');
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{');
  });

  it('runs the gate, leaves every format, annotates the line and writes the summary', async () => {
    await inProject(FILES, async ({ dir, read }) => {
      const { status, stdout, outputs, summary } = runGate(dir, {});
      expect(status).toBe(0);
      expect(outputs).toBe('exit-code=3\npart=\n');
      expect(stdout).toContain('::error file=a.test.js,line=1,');
      expect(summary).toContain('## leakgate: leaks');
      expect(JSON.parse(read('.leakgate/report.json'))).toMatchObject({ run: { id: '77', commit: 'c0ffee' } });
      expect(read('.leakgate/junit.xml')).toContain('<failure ');
      expect(read('.leakgate/leaks.sarif')).toContain('"uri": "a.test.js"');
      expect(read('.leakgate/code-scanning.sarif')).toContain('"uri": "a.test.js"');
      expect(read('.leakgate/report.html')).toMatch(/^<!doctype html>/i);
    });
  });

  it('shows nothing of an earlier run when this one comes to nothing', async () => {
    await inProject(FILES, async ({ dir }) => {
      const before = runGate(dir, {});
      const { stdout, outputs, summary } = runGate(dir, { command: 'mocha' });
      expect(outputs).toMatch(/exit-code=2\npart=\n$/);
      expect(stdout).toBe('');
      expect(summary).toBe(before.summary);
    });
  });

  it('runs one shard, and puts shards together in a later job', async () => {
    await inProject(FILES, async ({ dir }) => {
      for (const index of [1, 2]) {
        expect(runGate(dir, { shard: `${index}/2` }).outputs).toContain(`part=-${index}\n`);
        spawnSync('sh', ['-c', `mkdir -p shards/leakgate-${index} && mv .leakgate/* shards/leakgate-${index}/`], {
          cwd: dir,
        });
      }
      const { outputs, summary } = runGate(dir, { merge: 'shards/*/report.json' });
      expect(outputs).toMatch(/exit-code=3\npart=\n$/);
      expect(summary).toContain('Checked: 2 tests in 2 files in 2 shards.');
      spawnSync('rm', ['-r', 'shards/leakgate-2', '.leakgate'], { cwd: dir });
      expect(runGate(dir, { merge: 'shards/*/report.json' }).outputs).toMatch(/exit-code=4\npart=\n$/);
    });
  });

  it('is red without a word from the gate', () => {
    const verdict = action.runs.steps.at(-1);
    const exit = (code: string): number | null =>
      spawnSync('bash', ['-e', '-c', verdict?.run ?? ''], { env: { PATH: process.env.PATH, CODE: code } }).status;
    expect([exit(''), exit('0'), exit('3')]).toEqual([4, 0, 3]);
  });
});

describe('the workflow that the README tells to copy', () => {
  const readme = readFileSync(resolve(__dirname, '../../README.md'), 'utf8');
  const [, text = ''] = /^```yaml file=\.github\/workflows\/leaks\.yml\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const { jobs } = parse(text) as {
    readonly jobs: Readonly<Record<'shard' | 'leaks', { readonly steps: readonly Step[] }>>;
  };
  const scripts = (job: 'shard' | 'leaks'): string[] =>
    jobs[job].steps.flatMap(({ run }) => (run === undefined || run === 'npm ci' ? [] : [run]));

  it('gates each shard, and puts them together with annotations, a summary, a page and what code scanning takes', async () => {
    const clean = Object.fromEntries(['c', 'd'].map((name) => [`${name}.test.js`, FILES['b.test.js']]));
    await inProject({ ...FILES, ...clean }, async ({ dir, read }) => {
      const [gated = '', ...others] = scripts('shard');
      expect(others).toEqual([]);
      const codes = [1, 2, 3, 4].map((shard) => {
        const { status } = runStep(dir, gated.replace('${{ matrix.shard }}', String(shard)));
        spawnSync('sh', ['-c', `mkdir -p shards/shard-${shard} && mv report.json shards/shard-${shard}/`], {
          cwd: dir,
        });
        return status;
      });
      expect(codes.sort()).toEqual([0, 0, 0, 3]);
      const [merge = '', summary = ''] = scripts('leaks');
      const merged = runStep(dir, merge);
      expect(merged.status).toBe(3);
      expect(merged.stdout).toContain('::error file=a.test.js,line=1,');
      expect(runStep(dir, summary).summary).toContain('Checked: 4 tests in 4 files in 4 shards.');
      expect(read('leaks.sarif')).toContain('"uri": "a.test.js"');
      expect(read('leaks.html')).toMatch(/^<!doctype html>/i);
    });
  });
});
