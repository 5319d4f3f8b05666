import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../harness/config';
import { type BaselineEntry, parseBaseline, renderBaseline } from '../../harness/model/baseline';
import { compare, sizeOf } from '../../harness/model/baseline-growth';

const entry = (over: Partial<BaselineEntry> = {}): BaselineEntry => ({
  fingerprint: 'aaaaaaaaaaaa',
  file: 'tests/a.test.ts',
  test: 'suite › one',
  places: 1,
  kind: 'interval',
  opens: 'src/poll.ts poll',
  ...over,
});

const HEAD = '{"leakgate":"baseline","version":2}';

/** What the usage error for `text` says. */
function complaint(text: string): string {
  try {
    parseBaseline(text, 'b.jsonl');
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('no usage error was thrown');
}

describe('a baseline', () => {
  const entries = [
    entry({ fingerprint: 'bbbbbbbbbbbb', file: 'tests/b.test.ts' }),
    entry({ test: 'two' }),
    entry({ fingerprint: 'cccccccccccc', test: 'one', places: 2 }),
  ];

  it('has one line a leak, sorted, the same for the same leaks', () => {
    const text = renderBaseline(entries);
    expect(text.split('\n').map((line) => (line === '' ? '' : (JSON.parse(line).test ?? line)))).toEqual([
      HEAD,
      'one',
      'two',
      'suite › one',
      '',
    ]);
    expect(renderBaseline([...entries].reverse())).toBe(text);
    expect(renderBaseline(parseBaseline(text, 'b.jsonl'))).toBe(text);
  });

  it('is one line shorter for a leak that was mended, and no other line differs', () => {
    const before = renderBaseline(entries).split('\n');
    const after = renderBaseline(entries.slice(1)).split('\n');
    expect(before.filter((line) => !after.includes(line))).toHaveLength(1);
    expect(after.filter((line) => !before.includes(line))).toEqual([]);
  });

  it('is read as git for Windows checks it out, too', () => {
    expect(parseBaseline(renderBaseline(entries).replaceAll('\n', '\r\n'), 'b.jsonl')).toHaveLength(3);
    expect(parseBaseline(`\ufeff${renderBaseline(entries)}`, 'b.jsonl')).toHaveLength(3);
  });

  it('is read as the first version of it was written', () => {
    const text = renderBaseline(entries).replace('"version":2', '"version":1');
    expect(parseBaseline(text, 'b.jsonl')).toHaveLength(3);
  });

  const [line = ''] = renderBaseline([entry()]).split('\n').slice(1);
  it.each([
    ['empty', '', 'b.jsonl is empty; '],
    [
      'cut in the middle',
      `${HEAD}\n${line.slice(0, 50)}`,
      'b.jsonl:2 is not a leak as `leakgate baseline write` writes it',
    ],
    ['no baseline', '[]', `b.jsonl:1 must be ${HEAD}; `],
    [
      'of another version',
      `{"leakgate":"baseline","version":9}\n${line}`,
      'b.jsonl is of version 9, and this leakgate reads versions 1 and 2; ',
    ],
    [
      'with the marks of a merge',
      `${HEAD}\n<<<<<<< HEAD\n${line}\n=======\n>>>>>>> b\n`,
      'b.jsonl:2 has the marks of a merge conflict; ',
    ],
    [
      'with duplicates',
      `${HEAD}\n${line}\n\n${line}`,
      'b.jsonl:4 names the leak aaaaaaaaaaaa of a test that line 2 names already; ',
    ],
    ['with a number that is none', `${HEAD}\n${line.replace('"places":1', '"places":0')}`, 'b.jsonl:2 is not a leak'],
    ['with a digest that is none', `${HEAD}\n${line.replace('"kind"', '"left":2,"kind"')}`, 'b.jsonl:2 is not a leak'],
    ['with a fingerprint that is none', `${HEAD}\n${line.replace('aaaaaaaaaaaa', 'A1')}`, 'b.jsonl:2 is not a leak'],
  ])('that is %s is refused in a sentence of its own', (_what, text, sentence) => {
    expect(complaint(text)).toContain(sentence);
    expect(complaint(text)).not.toContain('\n');
  });
});

describe('what leaks now, held against a baseline', () => {
  /** The tests there are now; all others are gone, or have another name. */
  const standing = new Set(['suite › one', 'two']);
  it.each<[string, BaselineEntry[], BaselineEntry[], number, number]>([
    ['the same leak', [entry()], [entry()], 1, 0],
    ['a leak of another test by the same line', [entry()], [entry(), entry({ test: 'two' })], 1, 1],
    ['one more line in the same test', [entry()], [entry({ places: 2 })], 1, 1],
    ['a leak that was mended', [entry(), entry({ test: 'two' })], [entry()], 1, 0],
    ['a leak of another test where one was mended', [entry()], [entry({ test: 'two' })], 0, 1],
    ['one place less in the same test', [entry({ places: 3 })], [entry({ places: 2 })], 2, 0],
    ['a test that was renamed', [entry({ test: 'gone' })], [entry({ test: 'uno' })], 1, 0],
    ['a test that was moved', [entry({ test: 'gone' })], [entry({ file: 'tests/b.test.ts' })], 1, 0],
    ['an opening function that was renamed', [entry()], [entry({ fingerprint: 'bbbbbbbbbbbb' })], 1, 0],
    ['a new leak where another was mended', [entry()], [entry({ fingerprint: 'bbbbbbbbbbbb', kind: 'timeout' })], 0, 1],
    ['two for one that was renamed', [entry({ test: 'gone' })], [entry({ test: 'uno' }), entry({ test: 'due' })], 1, 1],
  ])('%s', (_what, before, now, kept, added) => {
    const compared = compare(before, now, ({ test }) => standing.has(test));
    expect([sizeOf(compared.kept), sizeOf(compared.added)]).toEqual([kept, added]);
  });

  it('keeps what is known of the places that are left for as long as there are as many', () => {
    const before = [entry({ places: 3, left: 'aaaaaaaa' }), entry({ test: 'two', places: 3, left: 'bbbbbbbb' })];
    const now = [entry({ places: 3, fingerprint: 'dddddddddddd' }), entry({ test: 'two', places: 2 })];
    const { kept } = compare(before, now, ({ test }) => standing.has(test));
    expect(kept.map(({ test, places, left, changed }) => [test, places, left, changed])).toEqual([
      ['suite › one', 3, 'aaaaaaaa', false],
      ['two', 2, undefined, true],
    ]);
  });
});
