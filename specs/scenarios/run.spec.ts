import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { MAIN_PAIR, readScenarios } from '../../fixtures/scenarios/scenarios';

jest.setTimeout(60_000);

const ROOT = resolve(__dirname, '../..');

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run scenario --` as it is behind npm. */
function scenario(...args: readonly string[]): Promise<Said> {
  const command = ['-r', 'esbuild-register', 'fixtures/scenarios/run.ts', ...args];
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  return new Promise((done) => {
    execFile(process.execPath, command, { cwd: ROOT, env }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('npm run scenario', () => {
  it('lists every scenario with one line, and teaches', async () => {
    const { code, stdout } = await scenario();
    expect(code).toBe(0);
    for (const { name, summary } of readScenarios()) {
      expect(summary).toMatch(/^[A-Z].*\.$/);
      expect(stdout).toContain(name);
    }
    expect(stdout).toContain('Examples:');
    expect(await scenario('--help')).toEqual({ code, stdout, stderr: '' });
  });

  it.each<[string, string[], string]>([
    ['an unknown scenario', ['nowhere'], "error: there is no scenario 'nowhere'; there are "],
    ['an unknown option', ['priority-switch', '--slowly'], "error: unknown option '--slowly'"],
    [
      'both variants at once',
      ['priority-switch', '--leaky', '--fixed'],
      "error: option '--leaky' cannot be used with option '--fixed'",
    ],
    [
      'two pairs at once',
      ['priority-switch', '--race', '--failover'],
      "error: option '--failover' cannot be used with option '--race'",
    ],
  ])('refuses %s with one sentence and exit code 2', async (_what, args, sentence) => {
    const said = await scenario(...args);
    expect(said).toMatchObject({ code: 2, stdout: '' });
    expect(said.stderr.trim().split('\n')).toEqual([expect.stringContaining(sentence)]);
  });

  it('tells the story as it happens, then the verdict, without a colour in a pipe', async () => {
    const { code, stderr } = await scenario('priority-switch', '--fixed');
    const places = [
      '   1  the priority policy is patched',
      'P0 is back: "primary" answers',
      'Leaks:',
      'As it should be',
    ];
    const found = places.map((place) => stderr.indexOf(place));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((one, other) => one - other));
    expect(stderr).not.toContain('\u001b');
    expect(code).toBe(0);
  });
});

describe('a scenario', () => {
  it.each(readScenarios().map(({ name, pairs }) => [name, pairs] as const))(
    '%s has a fixed variant in each of its pairs, told by one story, and a README',
    (name, pairs) => {
      const folder = join(ROOT, 'fixtures/scenarios', name);
      expect(readdirSync(folder)).toEqual(expect.arrayContaining(['story.ts', 'README.md']));
      expect([...(pairs.get(MAIN_PAIR)?.keys() ?? [])].sort()).toEqual(['fixed', 'leaky']);
      for (const files of pairs.values()) {
        expect([...files.keys()]).toContain('fixed');
        for (const file of files.values()) expect(readFileSync(file, 'utf8')).toContain("from './story'");
      }
    },
  );
});
