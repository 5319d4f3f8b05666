import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BASELINE_FILE, type BaselineEntry, parseBaseline, renderBaseline } from '../../harness/model/baseline';

const entries: readonly BaselineEntry[] = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
  fingerprint: name.repeat(12),
  file: `tests/${name}.test.ts`,
  test: 'one',
  places: 1,
  kind: 'interval',
  opens: 'src/poll.ts poll',
}));

const without = (...names: readonly string[]): string =>
  renderBaseline(entries.filter(({ fingerprint }) => !names.includes(fingerprint.charAt(0))));

describe('two branches that mended different leaks', () => {
  let dir: string;
  const git = (...args: readonly string[]): void => {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'core.autocrlf=false'];
    execFileSync('git', [...identity, ...args], { cwd: dir, stdio: 'pipe' });
  };
  const commit = (text: string): void => {
    writeFileSync(join(dir, BASELINE_FILE), text);
    git('add', '.');
    git('commit', '--quiet', '-m', 'mend');
  };
  const read = (): string => readFileSync(join(dir, BASELINE_FILE), 'utf8');

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'leakgate-merge-'));
    git('init', '--quiet', '--initial-branch=ours');
    commit(without());
    git('branch', 'theirs');
  });

  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('merge by themselves, and the file has neither leak', () => {
    commit(without('b'));
    git('checkout', '--quiet', 'theirs');
    commit(without('d'));
    git('merge', '--quiet', 'ours');
    expect(parseBaseline(read(), BASELINE_FILE)).toHaveLength(3);
    expect(read()).toBe(without('b', 'd'));
  });

  it('conflict where the two are neighbours, which is refused until a side is taken, and neither side hides a leak', () => {
    commit(without('b'));
    git('checkout', '--quiet', 'theirs');
    commit(without('c'));
    expect(() => git('merge', '--quiet', 'ours')).toThrow();
    expect(() => parseBaseline(read(), BASELINE_FILE)).toThrow(
      /has the marks of a merge conflict; take the file of either side whole \(`git checkout --ours -- leakgate-baseline\.jsonl`\)/,
    );
    git('checkout', '--ours', '--', BASELINE_FILE);
    expect(read()).toBe(without('c'));
  });
});
