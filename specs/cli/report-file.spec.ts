import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readReport } from '../../harness/cli/report-file';
import { FULL_REPORT } from '../reporters/a-full-report';

const dir = mkdtempSync(join(tmpdir(), 'leakgate-reports-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const TEXT = `${JSON.stringify(FULL_REPORT, null, 2)}\n`;

/** What reading `text` comes to. */
function reading(text: string): unknown {
  const path = join(dir, 'report.json');
  writeFileSync(path, text);
  return readReport(path, 'report.json');
}

describe('a report', () => {
  it('is read as it was written', () => {
    expect(reading(TEXT)).toEqual(FULL_REPORT);
  });

  it('keeps what a later leakgate adds to this version', () => {
    expect(reading(JSON.stringify({ ...FULL_REPORT, weather: 'fine' }))).toMatchObject({ weather: 'fine' });
  });

  it.each<[string, string, string | RegExp]>([
    ['is empty', '', 'The report report.json is empty: the run that was to write it was cut short.'],
    ['is blank', '\n  \n', 'The report report.json is empty: the run that was to write it was cut short.'],
    ['is no JSON', 'Not Found', /^report\.json is no report: it is no JSON \(.*\)\.$/],
    ['is no JSON within', '{ "version": 2, oops }', /^report\.json is no report: it is no JSON \(.*\)\.$/],
    ['is other JSON', '{"name":"x"}', "report.json is no report of leakgate's: it has no version."],
    ['is no object', 'null', "report.json is no report of leakgate's: it has no version."],
    [
      'is of the version before',
      JSON.stringify({ version: 1, outcome: 'clean' }),
      /^The report report\.json is of version 1, and leakgate \S+ reads version 2 only: read it with the leakgate that wrote it, or run again\.$/,
    ],
    [
      'is of a later version',
      JSON.stringify({ version: 7, versions: { leakgate: ['9.8.7'] } }),
      /is of version 7, and leakgate \S+ reads version 2 only: read it with the leakgate that wrote it \(9\.8\.7\), or run again\.$/,
    ],
    [
      'lacks a field',
      JSON.stringify({ ...FULL_REPORT, outcome: undefined }),
      /^The report report\.json is malformed: outcome must be .*; found undefined\.$/,
    ],
    [
      'has a wrong value deep within',
      TEXT.replace('"status": "failed"', '"status": "great"'),
      'The report report.json is malformed: files.0.cases.1.status must be ("passed" | "failed" | "skipped" | "todo"); found "great".',
    ],
  ])('that %s is refused in one sentence', (_what, text, sentence) => {
    expect(() => reading(text)).toThrow(sentence);
  });

  it('that is missing, or a folder, is refused in one sentence', () => {
    expect(() => readReport(join(dir, 'none.json'), 'none.json')).toThrow(
      'There is no report at none.json: the run that was to write it did not get that far, or wrote elsewhere.',
    );
    expect(() => readReport(dir, 'reports')).toThrow('reports is a folder; a report is a file.');
  });

  it('that is cut is told from one that is none, wherever it is cut', () => {
    const end = TEXT.trimEnd().length;
    // Every 17th place, and all of the last ones.
    const places = Array.from({ length: end - 1 }, (_, at) => at + 1).filter((at) => at % 17 === 1 || at > end - 20);
    const wrong = places.filter((at) => {
      try {
        reading(TEXT.slice(0, at));
        return true;
      } catch (error) {
        return !(error as Error).message.startsWith(
          `The report report.json is cut in the middle, after ${at.toLocaleString('en-US')} characters`,
        );
      }
    });
    expect(wrong).toEqual([]);
  });
});
