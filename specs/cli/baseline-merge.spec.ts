import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { inProject, manifest, type Project } from './cli-project';

jest.setTimeout(180_000);

const FILE = 'leakgate-baseline.jsonl';
const TEST = 'a.test.js';
/** One test that leaks three times by one line: one leak of three places. */
const FILES = {
  'package.json': manifest(),
  '.gitignore': 'node_modules\nr.json\n',
  'src/poll.js': 'module.exports = function poll() {\n  return setInterval(() => {}, 5_000);\n};\n',
  [TEST]: `const poll = require('./src/poll');

test('polls', () => {
  poll('a');
  expect(1).toBe(1);

  poll('b');
  expect(1).toBe(1);

  poll('c');
});
`,
};

const git = ({ dir }: Project, ...args: readonly string[]): string => {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'core.autocrlf=false'];
  return execFileSync('git', [...identity, ...args], { cwd: dir, stdio: 'pipe', encoding: 'utf8' });
};

const edit = ({ dir }: Project, path: string, change: (text: string) => string): void =>
  writeFileSync(join(dir, path), change(readFileSync(join(dir, path), 'utf8')));

const placesIn = (project: Project): number[] =>
  project
    .read(FILE)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => (JSON.parse(line) as { places: number }).places);

async function prune(project: Project): Promise<string> {
  await project.leakgate(['run', '--report', 'r.json', '--', 'jest']);
  return (await project.leakgate(['baseline', 'prune', '--report', 'r.json'])).stdout;
}

/** A branch on which one of the places is mended, and the baseline pruned. */
async function mend(project: Project, branch: string, place: string): Promise<void> {
  git(project, 'checkout', '--quiet', '-b', branch, 'main');
  edit(project, TEST, (text) => text.replace(`  poll('${place}');`, `  clearInterval(poll('${place}'));`));
  expect(await prune(project)).toBe(`1 leak less: ${FILE} holds 2 leaks. Commit that.\n`);
  git(project, 'commit', '--quiet', '-am', `mend ${place}`);
}

describe('two branches that mended one place each of one and the same leak', () => {
  it('conflict if it was not the same one, for the number they write would hide a leak; if it was, they merge', async () => {
    await inProject(FILES, async (project) => {
      git(project, 'init', '--quiet', '--initial-branch=main');
      await project.leakgate(['baseline', 'write']);
      expect(placesIn(project)).toEqual([3]);
      git(project, 'add', '.');
      git(project, 'commit', '--quiet', '-m', 'leaks');
      await mend(project, 'first', 'a');
      await mend(project, 'again', 'a');
      await mend(project, 'other', 'c');

      expect(() => git(project, 'merge', '--quiet', '-m', 'both', 'first')).toThrow();
      expect(git(project, 'diff', '--name-only', '--diff-filter=U')).toBe(`${FILE}\n`);
      git(project, 'checkout', '--ours', '--', FILE);
      expect(await prune(project)).toBe(`1 leak less: ${FILE} holds 1 leak. Commit that.\n`);
      expect(placesIn(project)).toEqual([1]);
      git(project, 'commit', '--quiet', '-am', 'both');

      git(project, 'checkout', '--quiet', 'first');
      git(project, 'merge', '--quiet', '-m', 'both', 'again');
      const before = project.read(FILE);
      edit(project, TEST, (text) => `${'// a line more\n'.repeat(20)}${text}`);
      expect(await prune(project)).toBe(`${FILE} holds 2 leaks, as before.\n`);
      // Written once: no later change of the sources is one of the baseline.
      expect(project.read(FILE)).toBe(before);
    });
  });

  it('conflict, too, where nothing of the sources on the way to it has changed', async () => {
    const test = `const poll = require('./src/poll');
const stop = require('./src/stop');

test('polls', () => {
  const a = poll();
  const b = poll();
  const c = poll();
  stop({ a, b, c });
});
`;
    const files = { ...FILES, [TEST]: test, 'src/stop.js': 'module.exports = () => {};\n' };
    await inProject(files, async (project) => {
      git(project, 'init', '--quiet', '--initial-branch=main');
      await project.leakgate(['baseline', 'write']);
      git(project, 'add', '.');
      git(project, 'commit', '--quiet', '-m', 'leaks');
      for (const name of ['b', 'c']) {
        git(project, 'checkout', '--quiet', '-b', name, 'main');
        edit(project, 'src/stop.js', () => `module.exports = ({ ${name} }) => clearInterval(${name});\n`);
        expect(await prune(project)).toBe(`1 leak less: ${FILE} holds 2 leaks. Commit that.\n`);
        git(project, 'commit', '--quiet', '-am', name);
      }
      expect(() => git(project, 'merge', '--quiet', '-m', 'both', 'b')).toThrow();
      expect(git(project, 'diff', '--name-only', '--diff-filter=U')).toContain(`${FILE}\n`);
    });
  });
});
