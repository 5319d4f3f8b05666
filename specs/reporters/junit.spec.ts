import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '../../harness/model/report';
import junit from '../../harness/reporters/junit';
import { aCase, aFile, aFinding, aRun, aRunNamed } from './a-report';
import { HOSTILE_NAMES } from './hostile-names';
import { readAs } from './read-as';

interface Trouble {
  readonly message?: string;
  readonly type?: string;
  readonly inner?: string;
}
interface ReadCase {
  readonly name: string;
  readonly classname: string;
  readonly time: number;
  readonly failure?: readonly Trouble[];
  readonly error?: readonly Trouble[];
  readonly skipped?: readonly object[];
  readonly 'system-out'?: readonly string[];
}
interface ReadSuite {
  readonly name: string;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly testcase: readonly ReadCase[];
  readonly 'system-out'?: readonly string[];
}
interface Read {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly testsuite: readonly ReadSuite[];
}

/** What a reader of JUnit's XML makes of a report. */
const read = (report: RunReport): Read =>
  readAs(
    "import { parse } from 'junit2json'; say(await parse(input));",
    junit.render(report, { colors: false, base: '' }),
  );

/** A character that no XML 1.0 document may have (2.2), escaped or not. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

describe('JUnit', () => {
  it('has every test of every file, with its time, and says why the ones that did not run did not', () => {
    const cases = [
      aCase({ path: ['Suite', 'one'], durationMs: 1234.5 }),
      aCase({ path: ['left out'], status: 'skipped', durationMs: 0 }),
      aCase({ path: ['to do'], status: 'todo', durationMs: 0 }),
    ];
    const [suite] = read(aRun({ files: [aFile({ cases })] })).testsuite;
    expect(suite).toMatchObject({ name: 'a.test.ts', tests: 3, failures: 0, errors: 0, skipped: 2 });
    expect(suite?.testcase).toEqual([
      { classname: 'a.test.ts', name: 'Suite › one', time: 1.234 },
      { classname: 'a.test.ts', name: 'left out', time: 0, skipped: [{ message: 'skipped' }] },
      { classname: 'a.test.ts', name: 'to do', time: 0, skipped: [{ message: 'todo' }] },
    ]);
  });

  it('makes a leak the failure of its test case, with the line, the remedy and the fingerprint', () => {
    const finding = aFinding({
      message: 'An interval of 5 s was armed in this test, but never cleared.\nClear it.',
      trace: [{ file: 'src/poll.ts', line: 3, column: 9, fn: 'poll', origin: 'user' }],
    });
    const cases = [aCase({ findings: [0] }), aCase({ path: ['Suite', 'two'] })];
    const [suite] = read(aRun({ outcome: 'leaks', files: [aFile({ cases, findings: [finding] })] })).testsuite;
    expect(suite).toMatchObject({ tests: 2, failures: 1 });
    const [leaking, clean] = suite?.testcase ?? [];
    expect(clean?.failure).toBeUndefined();
    expect(leaking?.failure).toHaveLength(1);
    const [failure] = leaking?.failure ?? [];
    expect(failure).toMatchObject({
      type: 'leak.interval',
      message: 'An interval of 5 s was armed in this test, but never cleared.',
    });
    expect(failure?.inner).toContain('Clear it.');
    expect(failure?.inner).toContain('at poll (src/poll.ts:3:9)');
    expect(failure?.inner).toContain('Fingerprint: aaaaaaaaaaaa');
  });

  it('tells a failure of the test itself first, and the leak beneath it, in one', () => {
    const cases = [aCase({ status: 'failed', failure: 'Error: expected 1\n    at a.test.ts:3', findings: [0] })];
    const [suite] = read(aRun({ files: [aFile({ cases, findings: [aFinding()] })] })).testsuite;
    const [failure, ...others] = suite?.testcase[0]?.failure ?? [];
    expect(others).toEqual([]);
    expect(failure?.message).toBe('Error: expected 1');
    expect(failure?.inner).toMatch(/^Error: expected 1\n {4}at a\.test\.ts:3\n\nAn interval of 5 s/);
  });

  it('tells what is let go as the output of its case, or of the file, and never as a failure', () => {
    const ofFile = aFinding({ scope: { kind: 'file', path: [], file: 'a.test.ts' }, fingerprint: 'bbbbbbbbbbbb' });
    const [suite] = read(
      aRun({
        files: [
          aFile({
            accepted: [
              { finding: aFinding({ message: 'Never cleared.\nClear it.' }), by: 'baseline', entry: 'x' },
              { finding: ofFile, by: 'known', reason: 'not ]]> ours', place: 'leakgate.config.ts:3' },
            ],
          }),
        ],
      }),
    ).testsuite;
    expect(suite).toMatchObject({ tests: 2, failures: 0, errors: 0, skipped: 0 });
    expect(suite?.testcase.map((each) => each['system-out'])).toEqual([
      [
        'Never cleared. It fails nothing: it is in the baseline.\n    at src/poll.ts:3:9\n    Fingerprint: aaaaaaaaaaaa',
      ],
      undefined,
    ]);
    expect(suite?.['system-out']?.[0]).toContain('It fails nothing: known, "not ]]> ours".');
  });

  it('gives what a suite or a file leaks a case of its own', () => {
    const findings = [
      aFinding({ scope: { kind: 'suite', path: ['Suite'], file: 'a.test.ts' } }),
      aFinding({ scope: { kind: 'file', path: [], file: 'a.test.ts' } }),
    ];
    const [suite] = read(aRun({ files: [aFile({ cases: [aCase()], findings })] })).testsuite;
    expect(suite?.testcase.map(({ name, failure }) => [name, failure?.length ?? 0])).toEqual([
      ['Suite › one', 0],
      ['Suite (the suite itself)', 1],
      ['(the file itself)', 1],
    ]);
  });

  it('is red for all that makes a run red without any test of it failing', () => {
    const report = aRun({
      outcome: 'broken',
      orphans: [{ pid: 7, command: 'sleep 20' }],
      ratchet: [
        { what: 'unused-rule', place: 'a.ts:3', message: 'a.ts:3  "old" matched nothing in the whole run.', red: true },
        { what: 'fixed', place: 'b', message: '1 leak is mended.', red: false },
      ],
      misuses: ['graceMs must be a number.'],
      problems: ['b.test.ts ran but was not checked.'],
    });
    const { errors, testsuite } = read(report);
    expect(errors).toBe(4);
    expect(testsuite.at(-1)?.testcase.map(({ error }) => error?.[0]?.message)).toEqual([
      'Process 7 (sleep 20) is still running; started by no test.',
      'a.ts:3  "old" matched nothing in the whole run.',
      'graceMs must be a number.',
      'b.test.ts ran but was not checked.',
    ]);
  });

  it('is not broken by any name, and keeps every test apart', () => {
    const report = aRunNamed(HOSTILE_NAMES);
    const text = junit.render(report, { colors: false, base: '' });
    expect(text).not.toMatch(FORBIDDEN);
    expect(text.match(/<[a-z]+/g)?.filter((tag, at, all) => all.indexOf(tag) === at)).toEqual([
      '<testsuites',
      '<testsuite',
      '<testcase',
      '<failure',
      '<error',
    ]);
    const [suite] = read(report).testsuite;
    expect(suite).toMatchObject({ tests: HOSTILE_NAMES.length, failures: HOSTILE_NAMES.length });
    expect(suite?.testcase.find(({ name }) => name.includes(']]>'))?.name).toBe(
      'Suite › end of data ]]> <![CDATA[ --> <!-- ?>',
    );
    expect(suite?.testcase.find(({ name }) => name.includes('entity'))?.name).toBe(
      'Suite › entity &lt;b&gt; &amp; &#0; &bogus;',
    );
  });
});
