import { stripVTControlCharacters } from 'node:util';
import type { TestCase, TimelineEvent } from '../model/test-case';
import type { CircusDescribe, CircusTest } from './jest-circus';

/** Longest text of a test's own failure that a report keeps. */
const LONGEST_FAILURE = 10_000;

/** What the gate knows of a file's tests besides Jest's word. */
export interface CaseEvidence {
  /** Errors of the tests that are not ours. */
  readonly isTheirs: (error: unknown) => boolean;
  /** What each test leaks, by position in the file's findings. */
  readonly blamed: ReadonlyMap<CircusTest, readonly number[]>;
  /** What of a test that leaks can be drawn. */
  readonly timelines: ReadonlyMap<CircusTest, readonly TimelineEvent[]>;
}

/** Every test beneath `block`, in the order it stands in the file. */
export function casesOf(block: CircusDescribe, evidence: CaseEvidence, path: readonly string[] = []): TestCase[] {
  return block.children.flatMap((child) =>
    child.type === 'describeBlock'
      ? casesOf(child, evidence, [...path, child.name])
      : [caseOf(child, evidence, [...path, child.name])],
  );
}

/** Titles of every suite and test beneath `block`, each with those around it, as Jest joins them. */
export function titlesOf(block: CircusDescribe | undefined, path: readonly string[] = []): ReadonlySet<string> {
  const titles = new Set<string>();
  for (const child of block?.children ?? []) {
    const own = [...path, child.name];
    titles.add(own.join(' › '));
    if (child.type === 'describeBlock') for (const each of titlesOf(child, own)) titles.add(each);
  }
  return titles;
}

function caseOf(test: CircusTest, { isTheirs, blamed, timelines }: CaseEvidence, path: readonly string[]): TestCase {
  const errors = test.errors.filter(isTheirs);
  const findings = blamed.get(test);
  const timeline = timelines.get(test);
  return {
    path,
    status: errors.length > 0 ? 'failed' : statusOf(test),
    durationMs: test.duration ?? 0,
    ...(errors.length === 0 ? {} : { failure: failureOf(errors) }),
    ...(findings === undefined ? {} : { findings }),
    ...(timeline === undefined ? {} : { timeline }),
  };
}

/** A test that Jest never came to (`--bail`, a hook that failed before) has no status yet. */
function statusOf({ status, mode }: CircusTest): TestCase['status'] {
  if (status === 'todo' || mode === 'todo') return 'todo';
  return status === 'done' ? 'passed' : 'skipped';
}

/** A frame of Node's, of a package's or of ours: Jest does not print those either. */
const isForeign = (line: string): boolean =>
  /^\s+at /.test(line) && (/[( ]node:|[\\/]node_modules[\\/]/.test(line) || line.includes(__dirname));

/** What went wrong by the test's own doing, as Jest prints it. */
function failureOf(errors: readonly unknown[]): string {
  const lines = stripVTControlCharacters(errors.map(textOf).join('\n\n')).split('\n');
  const text = lines.filter((line) => !isForeign(line)).join('\n');
  return text.length > LONGEST_FAILURE ? `${text.slice(0, LONGEST_FAILURE)}…` : text;
}

/** Errors are the user's: whatever asking one throws, the report is written. */
function textOf(error: unknown): string {
  // Where a test threw no error, Jest keeps a pair: what was thrown, and an error of its own for the place.
  const [thrown, place] = Array.isArray(error) ? (error as unknown[]) : [error];
  try {
    const { stack, message } = (thrown ?? {}) as { stack?: unknown; message?: unknown };
    if (typeof stack === 'string' && stack !== '') return stack;
    if (typeof message === 'string') return message;
    if (thrown === undefined && place !== undefined) return textOf(place);
    return `thrown: ${String(thrown)}`;
  } catch {
    return 'thrown: something that cannot be read';
  }
}
