import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { aFile, aFinding, aRun } from '../reporters/a-report';
import { inProject, ROOT } from './cli-project';

jest.setTimeout(60_000);

const CLI = `"${process.execPath}" "${join(ROOT, 'dist/cli/main.js')}"`;
/** Longer than what a pipe holds. */
const LONG = JSON.stringify(
  aRun({
    outcome: 'leaks',
    files: [aFile({ findings: Array.from({ length: 2_000 }, (_, at) => aFinding({ fingerprint: at.toString(16) })) })],
  }),
);

/** What a shell's command prints, with the exit code of the first of its commands. */
function shell(dir: string, command: string): { readonly out: string; readonly err: string } {
  const { stdout, stderr } = spawnSync('bash', ['-c', `${command}; echo "exit $\{PIPESTATUS[0]}"`], {
    cwd: dir,
    encoding: 'utf8',
  });
  return { out: stdout, err: stderr };
}

describe('what is printed', () => {
  it('may be read to no more than its first line, and the exit code is the same', async () => {
    await inProject({ 'r.json': LONG }, async ({ dir }) => {
      const rendered = shell(dir, `${CLI} report render r.json --as json | head -1`);
      expect(rendered).toEqual({ out: '{\nexit 0\n', err: '' });
      expect(shell(dir, `${CLI} report merge r.json --junit - 2> summary | head -1`).out).toMatch(
        /^<\?xml .*\nexit 3\n$/,
      );
    });
  });

  // Linux alone has a file that is always full.
  (process.platform === 'linux' ? it : it.skip)('is missed, and red, where there is no room for it', async () => {
    await inProject({ 'r.json': LONG }, async ({ dir }) => {
      expect(shell(dir, `${CLI} report render r.json --as junit > /dev/full`)).toEqual({
        out: 'exit 4\n',
        err: expect.stringMatching(/^leakgate: What it prints cannot be written: ENOSPC: [^\n]*\n$/),
      });
    });
  });
});
