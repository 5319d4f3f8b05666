import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import type { RunReport } from '../../harness/model/report';
import { aFile, aFinding, aRun } from '../reporters/a-report';
import { inProject, manifest, ROOT } from './cli-project';
import { LEAKY } from './ratchet-project';

jest.setTimeout(120_000);

const CLI = join(ROOT, 'dist/cli/main.js');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');
const BASELINE = 'leakgate-baseline.jsonl';

/** The command line where no file may be longer than `blocks` of 512 bytes: a disk that is full, to whoever writes. */
function onFullDisk(dir: string, blocks: number, args: readonly string[]): { code: number | null; stderr: string } {
  const command = `ulimit -f ${blocks}; exec "${process.execPath}" "${CLI}" ${args.join(' ')}`;
  const env = { ...process.env, NO_COLOR: '1', LEAKGATE_RUN_DIR: undefined, TMPDIR: dir };
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: dir, env, encoding: 'utf8' });
  return { code: status, stderr };
}

/** A run whose tests leak in so many functions. */
const leaking = (many: number): string => {
  const findings = Array.from({ length: many }, (_, at) =>
    aFinding({ test: `case ${at}`, fingerprint: at.toString(16).padStart(12, '0') }),
  );
  return JSON.stringify(aRun({ outcome: 'leaks', files: [aFile({ findings })] }));
};

describe('a disk that is full', () => {
  it.each([
    ['write', 2],
    ['prune', 9],
  ])(
    'leaves the old baseline whole when `baseline %s` writes it, nothing beside it, and is red',
    async (command, known) => {
      await inProject(
        { 'was.json': leaking(known + 8), 'is.json': leaking(known + 6) },
        async ({ leakgate, dir, read }) => {
          await leakgate(['baseline', 'write', '--report', 'was.json']);
          const before = read(BASELINE);
          const { code, stderr } = onFullDisk(dir, 1, ['baseline', command, '--report', 'is.json']);
          expect(stderr).toMatch(
            /^leakgate: \S+leakgate-baseline\.jsonl cannot be written: EFBIG: [^\n]*; what was there before is as it was\.\n$/,
          );
          expect(code).toBe(4);
          expect(read(BASELINE)).toBe(before);
          expect(readdirSync(dir).filter((name) => name.startsWith(BASELINE))).toEqual([BASELINE]);
        },
      );
    },
  );

  it('leaves no first baseline cut short', async () => {
    await inProject({ 'is.json': leaking(8) }, async ({ dir }) => {
      expect(onFullDisk(dir, 1, ['baseline', 'write', '--report', 'is.json']).code).toBe(4);
      expect(readdirSync(dir).filter((name) => name.startsWith(BASELINE))).toEqual([]);
    });
  });

  it('is said before a test runs when the run has no room for its folder, and no folder stays', async () => {
    await inProject({ 'a.test.js': "test('x', () => {});\n" }, async ({ dir }) => {
      const { code, stderr } = onFullDisk(dir, 0, ['run', '--', 'jest']);
      expect(stderr).toMatch(
        /^leakgate: The run needs a folder in \S+, and cannot write there: EFBIG: [^\n]* Make room, or name another place by TMPDIR\.\n$/,
      );
      expect(code).toBe(4);
      expect(readdirSync(dir).filter((name) => name.startsWith('leakgate-run-'))).toEqual([]);
    });
  });

  // Linux alone lets a process take room from itself.
  (process.platform === 'linux' ? it : it.skip)(
    'is red when it is full before a file has left its report, and the tests tell what they have to tell',
    async () => {
      const files = {
        'a.test.js': `
test('leaks', () => { setInterval(() => {}, 5000); });
test('fills the disk', () => {
  require('node:child_process').execFileSync('prlimit', ['--fsize=64', '--pid=' + process.pid]);
});
`,
        'b.test.js': "test('leaks here', () => { setInterval(() => {}, 5000); });\n",
        // Else the system ends the process, where a disk that is full is an error.
        'heed.js': "process.on('SIGXFSZ', () => {});\n",
      };
      await inProject(files, async ({ leakgate, dir }) => {
        const env = { NODE_OPTIONS: `--require=${dir}/heed.js` };
        const run = await leakgate(['run', '--', 'jest', '--maxWorkers=2'], { env });
        expect(run.stderr).toMatch(/^leakgate cannot write to the folder of its run, \S+: EFBIG: .*\.$/m);
        expect(run.stderr).toContain('● leaks\n');
        expect(run.summary).toContain(
          'Problem:     a.test.js was begun and never finished: its process was lost, ended by process.exit in a test, or had no room to write its report, or one of its `setupFiles` failed.\n',
        );
        expect(run.summary).toContain('leaks here');
        expect(run.code).toBe(4);
      });
    },
  );
});

describe('two runs at once', () => {
  const together = `
const fs = require('node:fs');
test('waits for the other run', async () => {
  fs.writeFileSync('up-' + process.ppid + '-' + process.pid, '');
  while (fs.readdirSync('.').filter((name) => name.startsWith('up-')).length < 2) {
    await new Promise((done) => setTimeout(done, 5));
  }
}, 60000);
`;

  it('that write to one file lose nothing: one has the file, the other a file beside it, and is red', async () => {
    await inProject({ 'a.test.js': together }, async ({ leakgate, dir, read }) => {
      const args = ['run', '--report', 'report.json', '--', 'jest'];
      const runs = await Promise.all([leakgate(args), leakgate(args)]);
      expect(runs.map(({ code }) => code).sort()).toEqual([0, 4]);
      const [later] = runs.filter(({ code }) => code === 4);
      expect(later?.stderr).toMatch(
        /leakgate: Another run (?:wrote|is writing) \S+report\.json .*What this one found is in \S+report-\d+\.json\. Give each run a file of its own\.\n$/,
      );
      const reports = readdirSync(dir).filter((name) => name.startsWith('report'));
      expect(reports).toHaveLength(2);
      const processes = reports.flatMap((name) => (JSON.parse(read(name)) as RunReport).files.map(({ pid }) => pid));
      expect(new Set(processes).size).toBe(2);
    });
  });

  /** A test that starts a Jest in `inner`, with these variables in place of its own. */
  const starting = (variables: string): string => `
test('starts a Jest', () => {
  const env = { ...process.env, ${variables} };
  require('node:child_process').spawnSync(process.execPath, [${JSON.stringify(JEST)}], { cwd: 'inner', env });
}, 60000);
`;
  const inner = (reporters: readonly string[]) => ({
    'package.json': manifest({ testPathIgnorePatterns: ['/inner/'] }),
    'inner/package.json': manifest({ testEnvironment: join(ROOT, 'dist/runners/jest-node.js'), reporters }),
    'inner/in.test.js': "test('leaks within', () => { setInterval(() => {}, 5000); });\n",
  });
  const PRESET = ['default', join(ROOT, 'dist/runners/jest-reporter.js')];

  it('in one folder are red, and nothing that either found is lost', async () => {
    const files = {
      ...inner(['default']),
      'a.test.js': starting("LEAKGATE_TEST_FILE: undefined, LEAKGATE_RUN_ID: 'theirs'"),
      'b.test.js': "test('leaks', () => { setInterval(() => {}, 5000); });\n",
    };
    await inProject(files, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', 'jest']);
      expect(run.summary).toContain(
        'Problem:     Another run wrote into the folder of this one (inner/in.test.js): what it found is told here, too. Start it without LEAKGATE_RUN_DIR in its environment.\n',
      );
      expect(run.summary).toMatch(/^ {6}leaks within$/m);
      expect(run.summary).toMatch(/^ {6}leaks$/m);
      expect(run.code).toBe(4);
    });
  });

  it('of which a test started one are two: the outer one is told nothing of the inner', async () => {
    await inProject({ ...inner(['default']), 'a.test.js': starting('') }, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', 'jest']);
      expect(run.summary).toContain('Leaks:       none\nChecked:     1 test in 1 file');
      expect(run.code).toBe(0);
    });
    await inProject({ ...inner(PRESET), 'a.test.js': starting('') }, async ({ jest: plain }) => {
      const reporters = PRESET.flatMap((reporter) => ['--reporters', reporter]);
      const run = await plain(['--env', join(ROOT, 'dist/runners/jest-node.js'), ...reporters]);
      expect(run.summary).toContain('Leaks:       none\nChecked:     1 test in 1 file');
      expect(run.code).toBe(0);
    });
  });
});

describe('a hook that a test switches off', () => {
  it('is red for the run, by its own sentence, where it can be done at all', async () => {
    const files = {
      'a.test.js': `
const outer = (name) => require('node:http').Server.constructor('return ' + name)();
test('switches every hook off', () => {
  const { async_hook_fields: fields, constants } = outer('process').binding('async_wrap');
  fields[constants.kInit] = 0;
});
`,
    };
    await inProject(files, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', 'jest']);
      // From Node 24 on there is no way to the counters.
      const can = Number(process.versions.node.split('.')[0]) < 24;
      expect(run.code).toBe(can ? 4 : 1);
      if (can) expect(run.summary).toMatch(/^Problem: .*a\.test\.js: a test switched async_hooks off/m);
    });
  });
});

describe('a baseline that was edited by hand', () => {
  it('with duplicates is refused by every command, in one sentence, and stays as it is', async () => {
    await inProject(LEAKY, async ({ leakgate, dir, read }) => {
      await leakgate(['baseline', 'write']);
      const [head, ...lines] = read(BASELINE).trim().split('\n');
      const text = `${[head, ...lines, lines[0]].join('\n')}\n`;
      writeFileSync(join(dir, BASELINE), text);
      for (const args of [
        ['run', '--', 'jest'],
        ['baseline', 'write'],
        ['baseline', 'prune'],
      ]) {
        const run = await leakgate(args);
        expect(run.stderr).toMatch(
          /^leakgate: leakgate-baseline\.jsonl:5 names the leak [\da-f]{12} of a test that line 2 names already; keep one of the two[^\n]*\n$/,
        );
        expect(run.code).toBe(2);
      }
      expect(read(BASELINE)).toBe(text);
    });
  });
});
