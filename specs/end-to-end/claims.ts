import { basename } from 'node:path';
import { expect } from '@jest/globals';
import type { Finding } from '../../harness/model/finding';
import type { JestRun } from './jest-project';

/** All findings of a run, in the order of their files' names. */
export function findingsOf(run: JestRun): readonly Finding[] {
  return [...run.reports].sort((a, b) => a.file.localeCompare(b.file)).flatMap(({ findings }) => findings);
}

/** `file:line` of each finding's opening, sorted; `file:?` where it is not known. */
export function openings(run: JestRun): readonly string[] {
  return findingsOf(run)
    .map(({ scope, openedAt }) => `${basename(openedAt?.file ?? scope.file)}:${openedAt?.line ?? '?'}`)
    .sort();
}

/** The 1-based line that ends in `// opens`, at or after the one that carries `title`, or as much of it as the source has. */
function openingLine(text: string, title: string): number {
  const lines = text.split('\n');
  const words = title.split(' ');
  let start = -1;
  while (start < 0 && words.length > 0) {
    start = lines.findIndex((line) => line.includes(words.join(' ')));
    words.pop();
  }
  return 1 + lines.findIndex((line, index) => index >= start && line.trimEnd().endsWith('// opens'));
}

/**
 * Holds a run to what its test names claim: a test called `leaks …` fails with exactly one finding, at the next line that ends
 * in `// opens`; any other passes (or was skipped), with none. Whatever a test does not answer for is not looked at here.
 */
export function expectClaims(run: JestRun, files: Readonly<Record<string, string>>): void {
  const blamed = findingsOf(run)
    .filter(({ scope }) => scope.kind === 'test')
    .map(({ scope, openedAt }) => `${basename(scope.file)}: ${scope.path.join(' ')} @ ${openedAt?.line ?? '?'}`);
  const expected: string[] = [];
  const misjudged: string[] = [];
  for (const [name, { status, file, messages }] of run.tests) {
    const leaks = /\bleaks\b/.test(name);
    const title = /\bleaks\b.*/.exec(name)?.[0] ?? '';
    const text = Object.entries(files).find(([path]) => basename(path) === file)?.[1] ?? '';
    if (leaks) expected.push(`${file}: ${name} @ ${openingLine(text, title)}`);
    if ((status === 'failed') !== leaks) misjudged.push(`${file}: ${name} ${status} ${messages}`);
  }
  expect(misjudged).toEqual([]);
  expect(blamed.sort()).toEqual(expected.sort());
  expect(expected.length).toBeGreaterThan(0);
  expect(run.unfinished).toEqual([]);
}
