import { expect, it } from '@jest/globals';
import { findingsOf } from './claims';
import type { JestRun } from './jest-project';
import { describePool } from './pool-fixtures';

/** What each kind of client leaves, wherever it is made: its own test's only where that, or a hook around it, has made it. */
const leftBy = (kind: string): readonly string[] =>
  [
    'suite "of beforeAll"',
    'suite "of a context"',
    'suite "of an outer suite"',
    'test "of beforeEach > connects it"',
    'test "of a function that beforeEach calls > connects it 1"',
    'test "of a function that beforeEach calls > connects it 2"',
    'test "of its own > makes it"',
    'test "of its own > assigns it"',
    'test "of its own > lists it"',
  ].map((whose) => `leak: tcp-socket of ${whose.replace('"', `"${kind} > `)} at clients.ts, ${kind}`);

/** What is said of those of a scope's kind. */
const saidOf = (run: JestRun, kind: string): readonly string[] =>
  findingsOf(run)
    .filter(({ scope }) => scope.kind === kind)
    .map(({ message }) => message.replace(/\d\S+ -> \S+/, 'X'));

const words = (run: () => JestRun): void => {
  it('says what holds it, whose that is and how it is closed; a test is no more than the first that used it', () => {
    expect(saidOf(run(), 'suite')[3]).toBe(
      'A TCP connection X was opened for `client` of leaks-each.ts, but never closed.\n' +
        'Close `client` with its `close()` in the suite\'s `afterAll`. The test "connects it" only was the first to use it.',
    );
    expect(saidOf(run(), 'file').map((message) => message.split('\n')[0])).toEqual([
      'A TCP connection X was opened for `database` (`PrivateClient`) of database.ts, but never closed.',
      'A TCP connection X was opened for `hidden` of database.ts, but never closed.',
      'A TCP connection X was opened for `socket` of database.ts, but never closed.',
    ]);
  });

  it('leaves doubt only where a list of the application has it besides', () => {
    const doubtful = saidOf(run(), 'test').filter((message) => message.includes('made outside'));
    expect(doubtful.length).toBe(2);
  });
};

describePool(
  'a client that shows nobody what it holds',
  'outer',
  {
    'clean-each': [],
    'clean-module': [],
    'clean-timer': [],
    'clean-wrapped': [],
    'leaks-each': [...leftBy('private'), ...leftBy('closure'), ...leftBy('weak')],
    'leaks-module': [
      'leak: tcp-socket of file at clients.ts, private',
      'leak: tcp-socket of file at clients.ts, closure',
      'leak: tcp-socket of file at database.ts, module',
      'leak: http-server of test "starts a server" at database.ts, starts',
      'leak: tcp-socket of test "opens one" at clients.ts, private',
    ],
    'leaks-timer': [
      'leak: timeout of test "makes it" at debounce.ts, debounces',
      'leak: timeout of suite "of beforeAll" at debounce.ts, debounces',
      'leak: timeout of test "of beforeEach > calls it" at debounce.ts, debounces',
    ],
    'leaks-wrapped': [
      'leak: tcp-socket of suite "of the suite" at wrapped.ts, queries',
      'leak: tcp-socket of suite "of the suite" at wrapped.ts, connects',
      'leak: tcp-socket of test "of beforeEach > queries" at wrapped.ts, queries',
    ],
  },
  { more: words },
);
