import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestScript } from './test-script';

/** How a project's package manager installs in CI, and how it starts a package's command. */
function packageManager(cwd: string): { readonly install: string; readonly start: string } {
  const has = (name: string): boolean => existsSync(join(cwd, name));
  if (has('pnpm-lock.yaml')) return { install: 'pnpm install --frozen-lockfile', start: 'pnpm exec leakgate' };
  if (has('yarn.lock')) {
    return {
      install: `yarn install ${has('.yarnrc.yml') ? '--immutable' : '--frozen-lockfile'}`,
      start: 'yarn leakgate',
    };
  }
  if (has('bun.lock') || has('bun.lockb')) return { install: 'bun install --frozen-lockfile', start: 'bunx leakgate' };
  // `npm ci` needs a lock file; one above is that of a workspace.
  return {
    install: has('package-lock.json') || !has('package.json') ? 'npm ci' : 'npm install',
    start: 'npx leakgate',
  };
}

/** A word as a shell takes it for one; within quotes it knows no way to write another but to end them first. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The command that gates a project in CI, as it is typed. */
function ciCommand(cwd: string, { words, env }: TestScript): string {
  const set = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  const ci = words.includes('--ci') ? [] : ['--ci'];
  return [...set, packageManager(cwd).start, 'run', '--', ...words.map(quoted), ...ci].join(' ');
}

/** The lines to paste into the CI that a project has; GitHub's where there is none yet. */
export function ciLines(cwd: string, script: TestScript): string {
  const lines = [packageManager(cwd).install, ciCommand(cwd, script)];
  const job = existsSync(join(cwd, '.gitlab-ci.yml'))
    ? ['In .gitlab-ci.yml:', '', '  leakgate:', '    script:', ...lines.map((line) => `      - ${line}`)]
    : ['In a job of .github/workflows:', '', ...lines.map((line) => `      - run: ${line}`)];
  return [
    '',
    ...job,
    '',
    'From then on a new leak fails there, and so does a leak that is mended and still in the baseline.',
  ].join('\n');
}
