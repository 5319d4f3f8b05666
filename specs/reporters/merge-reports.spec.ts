import { describe, expect, it } from '@jest/globals';
import { type BaselineEntry, entryKey } from '../../harness/model/baseline';
import { mergeReports, type Part } from '../../harness/model/merge-reports';
import type { RunReport } from '../../harness/model/report';
import { aFile, aFinding, aRule, aRun } from './a-report';

type Over = Omit<Partial<RunReport>, 'run'> & { readonly run?: Partial<RunReport['run']> };

/** A shard of three, with a test file of its own. */
function shard(index: number, { run, ...over }: Over = {}): Part {
  const whole = aRun(over);
  return {
    place: `shard-${index}.json`,
    report: {
      ...whole,
      files: over.files ?? [aFile({ file: `${index}.test.ts` })],
      run: { ...whole.run, shard: { index, count: 3 }, ...run },
    },
  };
}

const merged = (first: Part, ...others: Part[]): RunReport => mergeReports([first, ...others], []);
const leaky = (index: number) =>
  shard(index, { outcome: 'leaks', files: [aFile({ file: `${index}.test.ts`, findings: [aFinding()] })] });

/** Those that are named where all of a run's shards but the first are missing. */
const firstMissing = (count: number): readonly string[] =>
  Array.from(
    { length: 20 },
    (_, at) => `Shard ${at + 2} of ${count} is missing: its report was lost, or its job never ran.`,
  );

describe('shards', () => {
  it('are one clean run when all are there, in whatever order', () => {
    const report = merged(shard(3), shard(1), shard(2));
    expect(report).toMatchObject({ outcome: 'clean', problems: [], narrowed: false, run: { id: 'run-1', merged: 3 } });
    expect(report.run.shard).toBeUndefined();
    expect(report.files.map(({ file }) => file)).toEqual(['1.test.ts', '2.test.ts', '3.test.ts']);
  });

  it('are as bad as the worst of them', () => {
    expect(merged(shard(1), leaky(2), shard(3)).outcome).toBe('leaks');
    expect(merged(shard(1, { outcome: 'failed' }), leaky(2), shard(3)).outcome).toBe('failed');
    expect(merged(shard(1, { outcome: 'broken', problems: ['x'] }), leaky(2), shard(3))).toMatchObject({
      outcome: 'broken',
      problems: ['x'],
    });
  });

  it('span from the first start to the last end', () => {
    const early = { startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:01.000Z' };
    const late = { startedAt: '2026-01-03T00:00:00.000Z', endedAt: '2026-01-03T00:00:01.000Z' };
    expect(merged(shard(1, { run: late }), shard(2), shard(3, { run: early })).run).toMatchObject({
      startedAt: early.startedAt,
      endedAt: late.endedAt,
    });
  });

  it.each<[string, readonly [Part, ...Part[]], readonly string[]]>([
    ['one is missing', [shard(1), shard(3)], ['Shard 2 of 3 is missing: its report was lost, or its job never ran.']],
    [
      'one says that it is one too many',
      [shard(1), shard(2), shard(3), shard(9)],
      ['shard-9.json says that it is shard 9 of 3, and there is no such shard.'],
    ],
    [
      'nearly all are missing, of a number that may be a mistake',
      [shard(1, { run: { shard: { index: 1, count: 1_000_000_000 } } })],
      [...firstMissing(1_000_000_000), '999999979 other shards of 1000000000 are missing, too.'],
    ],
    [
      'one more is missing than are named',
      [shard(1, { run: { shard: { index: 1, count: 22 } } })],
      [...firstMissing(22), '1 other shard of 22 is missing, too.'],
    ],
    [
      'one is there twice',
      [shard(1), shard(2), { ...shard(2), place: 'copy.json' }, shard(3)],
      ['Shard 2 of 3 is there twice: in shard-2.json and in copy.json.'],
    ],
    [
      'one is of another run',
      [shard(1), shard(2, { run: { id: 'run-0' } }), shard(3)],
      [
        'shard-2.json is of another run: run-0, where shard-1.json is of run-1. Merge the shards of one run.',
        'Shard 2 of 3 is missing: its report was lost, or its job never ran.',
      ],
    ],
    [
      'one is of another commit',
      [shard(1), shard(2), shard(3, { run: { commit: 'decade' } })],
      [
        'shard-3.json is of another commit: decade, where shard-1.json is of c0ffee. Merge the shards of one commit.',
        'Shard 3 of 3 is missing: its report was lost, or its job never ran.',
      ],
    ],
    [
      'one was cut otherwise',
      [shard(1), shard(2), shard(3, { run: { shard: { index: 3, count: 4 } } })],
      [
        'shard-3.json is one of 4 shards, where shard-1.json is one of 3.',
        'Shard 3 of 3 is missing: its report was lost, or its job never ran.',
      ],
    ],
    [
      'one is a whole run',
      [shard(1), shard(2), shard(3), { place: 'whole.json', report: aRun() }],
      ['whole.json is no shard: it says nothing of `--shard`, so what is missing beside it cannot be told.'],
    ],
    [
      'a whole run is first',
      [{ place: 'whole.json', report: aRun() }, shard(1), shard(2), shard(3)],
      ['whole.json is no shard: it says nothing of `--shard`, so what is missing beside it cannot be told.'],
    ],
    [
      'two ran the same file',
      [shard(1), shard(2), shard(3, { files: [aFile({ file: '1.test.ts' })] })],
      ['1.test.ts was run twice: in shard 1 of 3 and in shard 3 of 3.'],
    ],
  ])('are red when %s', (_what, parts, problems) => {
    expect(mergeReports(parts, [])).toMatchObject({ outcome: 'broken', problems });
  });

  it('are red when one cannot be read, and say why', () => {
    expect(mergeReports([shard(1), shard(3)], ['The report shard-2.json is empty.'])).toMatchObject({
      outcome: 'broken',
      problems: [
        'The report shard-2.json is empty.',
        'Shard 2 of 3 is missing: its report was lost, or its job never ran.',
      ],
    });
  });

  it('may run one file in several projects of Jest', () => {
    const inProject = (project: string) => ({ files: [aFile({ file: '1.test.ts', project })] });
    expect(merged(shard(1, inProject('unit')), shard(2, inProject('browser')), shard(3)).problems).toEqual([]);
  });

  it('keep nothing of a report that does not belong to them', () => {
    const report = merged(shard(1), shard(2), shard(3), { ...leaky(1), place: 'twin.json' });
    expect(report.files.flatMap(({ findings }) => findings)).toEqual([]);
  });
});

describe('rules and baseline', () => {
  const rule = (matched: boolean) => [aRule({ matched })];

  it('are of use to the whole run if they are to one shard', () => {
    const report = merged(
      shard(1, { rules: rule(false) }),
      shard(2, { rules: rule(true) }),
      shard(3, { rules: rule(false) }),
    );
    expect(report).toMatchObject({ outcome: 'clean', ratchet: [], rules: rule(true) });
  });

  it('are out of date if no shard needs them', () => {
    const report = merged(...([1, 2, 3].map((index) => shard(index, { rules: rule(false) })) as [Part, ...Part[]]));
    expect(report).toMatchObject({
      outcome: 'leaks',
      ratchet: [{ what: 'unused-rule', place: 'leakgate.config.ts:3' }],
    });
  });

  it.each<[string, readonly [Part, ...Part[]]]>([
    ['a shard is missing', [shard(1, { rules: rule(false) }), shard(2, { rules: rule(false) })]],
    ['a shard left tests out', [shard(1, { rules: rule(false) }), shard(2, { narrowed: true }), shard(3)]],
  ])('are not out of date while %s', (_when, parts) => {
    expect(mergeReports(parts, []).ratchet).toEqual([]);
  });

  it('put the baseline together, and refuse two of them', () => {
    const entry = (test: string): BaselineEntry => ({
      fingerprint: 'aaaaaaaaaaaa',
      file: 'a.test.ts',
      test,
      places: 1,
      kind: 'interval',
      opens: '',
    });
    const read = (tests: string[], found: string[]): Over => ({
      baselines: [{ file: 'b', entries: tests.map(entry) }],
      files: found.map((test) =>
        aFile({
          file: `${test}.test.ts`,
          accepted: [{ finding: aFinding({ test }), by: 'baseline', entry: entryKey(entry(test)) }],
        }),
      ),
    });
    const same = merged(
      shard(1, read(['x', 'y'], ['x'])),
      shard(2, read(['y', 'x'], ['y'])),
      shard(3, read(['x', 'y'], [])),
    );
    expect(same).toMatchObject({ outcome: 'clean', ratchet: [], problems: [] });
    const mended = merged(
      shard(1, read(['x', 'y'], ['x'])),
      shard(2, read(['x', 'y'], [])),
      shard(3, read(['x', 'y'], [])),
    );
    expect(mended).toMatchObject({ outcome: 'clean', ratchet: [{ what: 'fixed', red: false }] });
    expect(merged(shard(1, read(['x'], [])), shard(2, read(['z'], [])), shard(3, read(['x'], []))).problems).toEqual([
      'shard-2.json was judged by another baseline than shard-1.json.',
    ]);
    expect(merged(shard(1, read(['x'], [])), shard(2), shard(3)).problems).toEqual([
      'Some shards were judged by a baseline, and some by none.',
    ]);
  });
});
