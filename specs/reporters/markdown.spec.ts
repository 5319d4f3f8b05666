import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '../../harness/model/report';
import markdown from '../../harness/reporters/markdown';
import { aFile, aFinding, aRun, aRunNamed } from './a-report';
import { HOSTILE_NAMES } from './hostile-names';
import { readAs } from './read-as';

const render = (report: RunReport): string => markdown.render(report, { colors: false, base: '' });

/** As GitHub reads it: CommonMark with its own extensions, HTML let through. */
const htmlOf = (report: RunReport): string =>
  readAs(
    `import { micromark } from 'micromark';
     import { gfm, gfmHtml } from 'micromark-extension-gfm';
     say(micromark(input, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true }));`,
    render(report),
  );

const tagsOf = (html: string): string[] => [...new Set(html.match(/<[a-z][a-z0-9]*/g))].sort();
const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

describe('the summary of a job', () => {
  it('is short for a clean run', () => {
    const html = htmlOf(aRun());
    expect(textOf(html)).toContain('leakgate: no leaks');
    expect(textOf(html)).toContain('Checked: 2 tests in 1 file.');
    expect(textOf(html)).not.toContain('Fingerprint');
  });

  it('tells each leak once, with its place, its tests, its remedy and its fingerprint', () => {
    const findings = ['one', 'two', 'three', 'four', 'five'].map((test) =>
      aFinding({ test, message: 'Never cleared.\nClear it.' }),
    );
    const html = htmlOf(aRun({ outcome: 'leaks', files: [aFile({ findings })] }));
    const cells = [...html.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell);
    expect(cells.slice(0, 5)).toEqual([
      '5',
      'Never cleared.<br>Clear it.',
      'src/poll.ts:3:9',
      'Suite › one<br>Suite › two<br>Suite › three<br>… and 2 more',
      'aaaaaaaaaaaa',
    ]);
  });

  it('says what was accepted, and why', () => {
    const accepted = [{ finding: aFinding({ count: 3 }), by: 'allow' as const, reason: 'the SDK keeps it' }];
    expect(textOf(htmlOf(aRun({ files: [aFile({ accepted })] })))).toMatch(
      /3\n<?the SDK keeps it|3\s*the SDK keeps it/,
    );
  });

  it('stays below what GitHub takes, however much there is to say', () => {
    const long = 'x'.repeat(20_000);
    const findings = Array.from({ length: 5_000 }, (_, at) =>
      aFinding({ fingerprint: `f${at}`, test: long, message: `${long}\n${long}` }),
    );
    const problems = Array.from({ length: 500 }, () => long);
    const text = render(aRun({ outcome: 'broken', files: [aFile({ findings })], problems, notes: problems }));
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toContain('… and 4,900 other leaks more, in the report.');
  });

  it('stays below that where every character takes five, and says that there is more', () => {
    const long = '&'.repeat(2_000);
    const many = Array.from({ length: 100 }, (_, at) => `${at} ${long}`);
    const findings = many.map((text, at) =>
      aFinding({ fingerprint: `f${at}`, test: text, message: `${text}\n${text}` }),
    );
    const files = [aFile({ findings, accepted: many.map((reason) => ({ finding: aFinding(), by: 'known', reason })) })];
    const ratchet = many.map((message) => ({ what: 'unused-rule' as const, place: 'x', message, red: true }));
    const text = render(aRun({ outcome: 'broken', files, problems: many, misuses: many, notes: many, ratchet }));
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toMatch(/\n… and more, in the report\.\n$/);
  });

  it('has no markup but its own, whatever tests and files are called', () => {
    const html = htmlOf(aRunNamed(HOSTILE_NAMES));
    expect(tagsOf(html)).toEqual([
      '<br',
      '<details',
      '<h2',
      '<li',
      '<p',
      '<summary',
      '<table',
      '<tbody',
      '<td',
      '<th',
      '<thead',
      '<tr',
      '<ul',
    ]);
    const rows = [...html.matchAll(/<tr>\n([\s\S]*?)<\/tr>/g)].map(([, row = '']) => row.match(/<t[dh]>/g)?.length);
    expect(new Set(rows.slice(0, HOSTILE_NAMES.length + 1))).toEqual(new Set([5]));
    expect(textOf(html)).toContain('markup <script>alert(1)</script> <img src=x onerror=alert(1)> & "quoted"');
    expect(html).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });
});
