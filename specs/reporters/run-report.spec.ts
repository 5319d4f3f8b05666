import { describe, expect, it } from '@jest/globals';
import type { FileReport } from '../../harness/model/report';
import json from '../../harness/reporters/json';
import type { RunFolder } from '../../harness/runners/run-folder';
import { type Evidence, runReport } from '../../harness/runners/run-report';
import { aFile, aFinding, aRule, aRun } from './a-report';

/** A file's report as it stands in the run's folder: with the machine's own path. */
const reported = (over: Partial<FileReport> = {}) => aFile({ file: '/p/a.test.ts', ...over });

const folder = (over: Partial<RunFolder> = {}): RunFolder => ({
  baselines: [],
  reports: [reported()],
  unfinished: [],
  off: [],
  refused: [],
  unreadable: [],
  strange: [],
  ...over,
});

const ran = (tests: number, execError = false) => ({
  files: [{ file: '/p/a.test.ts', ran: tests, execError }],
  interrupted: false,
});

const evidence = (over: Partial<Evidence> = {}): Evidence => ({
  folder: folder(),
  outcome: ran(2),
  green: true,
  run: aRun().run,
  versions: { leakgate: ['0.1.0'], jest: [] },
  cwd: '/p',
  narrowed: false,
  chosen: false,
  cutShort: false,
  orphans: [],
  opinions: [],
  problems: [],
  runners: [],
  notes: [],
  ...over,
});

describe('the outcome of a run', () => {
  const leaky = folder({ reports: [reported({ findings: [aFinding()] })] });
  const leakyAndFailed = folder({ reports: [reported({ findings: [aFinding()], ownFailures: 1 })] });

  it.each<[string, string, Partial<Evidence>]>([
    ['clean', 'nothing is wrong', {}],
    ['leaks', 'there is a finding', { folder: leaky, green: false }],
    ['leaks', 'a process is left over', { orphans: [{ pid: 1, command: 'x' }] }],
    ['failed', 'a test failed by itself as well', { folder: leakyAndFailed, green: false }],
    ['failed', 'Jest is red and there is no finding', { green: false }],
    ['failed', 'a file could not be loaded', { outcome: ran(0, true), folder: folder({ reports: [] }), green: false }],
    ['broken', 'a file ran without a report', { folder: folder({ reports: [] }) }],
    ['broken', 'more tests ran than were judged', { outcome: ran(3) }],
    ['broken', 'a page is begun only', { folder: folder({ unfinished: ['/p/b.test.ts'] }) }],
    ['broken', 'a page cannot be read', { folder: folder({ unreadable: ['1.json'] }) }],
    [
      'broken',
      'a probe failed',
      { folder: folder({ reports: [reported({ probeFailures: [{ probe: 'timers', why: 'no' }] })] }) },
    ],
    ['broken', 'the second opinion knows more', { opinions: [{ list: '', unexplained: ['Timeout at /p/a.ts:1'] }] }],
    [
      'misused',
      'options are malformed, whatever else is wrong',
      { folder: folder({ refused: [{ file: '/p/b.test.ts', why: 'no' }], unreadable: ['1.json'] }), green: false },
    ],
    [
      'clean',
      'a file was begun when Jest was stopped',
      { folder: folder({ unfinished: ['/p/b.test.ts'] }), cutShort: true },
    ],
    ['clean', 'a file is switched off', { folder: folder({ reports: [], off: ['/p/a.test.ts'] }) }],
  ])('is %s when %s', (outcome, _when, over) => {
    expect(runReport(evidence(over)).outcome).toBe(outcome);
  });

  it('counts an allowance as unused only if no file used it, all tests ran, and none was focused', () => {
    const rules = [aRule({ reason: 'x' }), aRule({ reason: 'y' })];
    const a = reported({ rules: [aRule({ reason: 'x', matched: true }), aRule({ reason: 'y' })] });
    const both = folder({ reports: [a, reported({ file: '/p/b.test.ts', rules })] });
    const outOfDate = (over: Partial<Evidence>) => runReport(evidence(over)).ratchet.map(({ message }) => message);
    expect(outOfDate({ folder: both })).toEqual([expect.stringContaining('"y" matched nothing')]);
    expect(outOfDate({ folder: both, narrowed: true })).toEqual([]);
    expect(outOfDate({ folder: both, chosen: true })).toEqual([]);
    expect(outOfDate({ folder: both, cutShort: true })).toEqual([]);
    expect(outOfDate({ folder: both, problems: ['A process was lost.'] })).toEqual([]);
    const focused = folder({ reports: [{ ...a, focused: true }] });
    expect(outOfDate({ folder: focused })).toEqual([]);
  });
});

it('is the same report as JSON', () => {
  expect(JSON.parse(json.render(aRun(), { colors: false, base: '' }))).toEqual(aRun());
});
