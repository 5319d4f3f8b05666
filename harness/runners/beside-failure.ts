import { relative } from 'node:path';
import { indented } from '../model/sentence';
import type { JestError } from './jest-error';

/** Of which test file, and of which project. */
interface TestFile {
  readonly file: string;
  readonly rootDir: string;
}

/**
 * What a test file left behind that failed before its first test, in the manner of Jest's own failures: such a file's errors are
 * made by then, and nothing can be added to them.
 */
export function besideFailure({ file, rootDir }: TestFile, errors: readonly JestError[]): string {
  const told = errors.map(({ stack }) => `\n\n${indented(stack, '    ')}`).join('');
  return `\n  ● ${relative(rootDir, file)} failed before its tests, and left this behind${told}\n\n`;
}
