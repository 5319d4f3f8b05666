import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '../../harness/model/report';
import type { Reporter } from '../../harness/model/reporter';
import { pageData } from '../../harness/reporters/html/projection';
import { aLeakyRun, TIMELINE } from './a-leaky-run';
import { aCase, aFile, aFinding, aRun } from './a-report';
import { HOSTILE_NAMES } from './hostile-names';

// The built one: the page it inlines is made by `npm run build`.
const html = (require('../../dist/reporters/html') as { default: Reporter }).default;

const rendered = (report: RunReport): string => html.render(report, { colors: false, base: '' });

const dataOf = (page: string): string => {
  const begin = '<script type="application/json" id="report">';
  const from = page.indexOf(begin) + begin.length;
  return page.slice(from, page.indexOf('</script>', from));
};

/** A run whose every name is `name`. */
function namedAfter(name: string): RunReport {
  const finding = aFinding({
    test: name,
    message: `${name}\n${name}`,
    root: { kind: 'interval', noun: name, label: name, facts: { [name]: name }, owns: [] },
  });
  return aRun({ outcome: 'leaks', files: [aFile({ file: `${name}.test.ts`, findings: [finding] })], problems: [name] });
}

describe('the HTML report', () => {
  it('is one file that needs nothing beside it', () => {
    const page = rendered(aLeakyRun()).replace(dataOf(rendered(aLeakyRun())), '');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(
      /<link|<img|<iframe|\ssrc=|@import|url\(|import\(|fetch\(|XMLHttpRequest|innerHTML=[a-z]+\.data/,
    );
  });

  it('is the same for the same report', () => {
    expect(rendered(aLeakyRun())).toBe(rendered(aLeakyRun()));
  });

  it.each(HOSTILE_NAMES.map((name) => [JSON.stringify(name).slice(0, 40), name]))(
    'keeps %s within its data, and loses nothing of it',
    (_, name) => {
      const report = namedAfter(name);
      const page = rendered(report);
      const data = dataOf(page);
      expect(data).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(data)).toEqual(JSON.parse(JSON.stringify(pageData(report))));
      // Nothing of a report is anywhere but in its data.
      expect(page.replace(data, '')).toBe(
        rendered(aRun({ outcome: 'leaks' })).replace(dataOf(rendered(aRun({ outcome: 'leaks' }))), ''),
      );
    },
  );
});

describe('what the page is told', () => {
  it('has one cause for all findings of one fingerprint, with every test that answers for it', () => {
    const files = [
      aFile({ findings: [aFinding(), aFinding({ test: 'two', count: 3 }), aFinding({ fingerprint: 'bbbbbbbbbbbb' })] }),
      aFile({ file: 'b.test.ts', findings: [aFinding({ scope: { kind: 'file', path: [], file: 'b.test.ts' } })] }),
    ];
    const { causes } = pageData(aRun({ files }));
    expect(causes.map(({ fingerprint, count, occurrences }) => [fingerprint, count, occurrences.length])).toEqual([
      ['aaaaaaaaaaaa', 5, 3],
      ['bbbbbbbbbbbb', 1, 1],
    ]);
    expect(causes[0]?.occurrences.map(({ test, file }) => [test, file])).toEqual([
      ['Suite › one', 'a.test.ts'],
      ['Suite › two', 'a.test.ts'],
      ['', 'b.test.ts'],
    ]);
  });

  it('knows every line that one cause was opened at', () => {
    const openedAt = { file: 'src/poll.ts', line: 8, column: 3, fn: '', origin: 'user' as const };
    const findings = [aFinding({ openedAt }), aFinding({ test: 'two' }), aFinding({ test: 'three' })];
    const { causes } = pageData(aRun({ files: [aFile({ findings })] }));
    expect(causes.map(({ places }) => places)).toEqual([['src/poll.ts:3', 'src/poll.ts:8']]);
  });

  it('keeps what is accepted apart from what fails, though their fingerprints are one', () => {
    const file = aFile({
      findings: [aFinding()],
      accepted: [{ finding: aFinding({ test: 'two' }), by: 'known', reason: 'theirs' }],
    });
    expect(
      pageData(aRun({ files: [file] })).causes.map(({ status, reason, count }) => [status, reason, count]),
    ).toEqual([
      ['failing', undefined, 1],
      ['known', 'theirs', 1],
    ]);
  });

  it('gives a finding the timeline of its own test', () => {
    const file = aFile({
      findings: [aFinding(), aFinding({ test: 'two' })],
      cases: [aCase({ findings: [0] }), aCase({ path: ['Suite', 'two'], findings: [1], timeline: TIMELINE })],
    });
    const [cause] = pageData(aRun({ files: [file] })).causes;
    expect(cause?.occurrences.map(({ timeline }) => timeline)).toEqual([undefined, TIMELINE]);
  });

  it('tells what could not be done, for a page without leaks is no proof by itself', () => {
    const { notices } = pageData(aRun({ outcome: 'broken', problems: ['A report was lost.'] }));
    expect(notices.filter(({ bad, lines }) => bad && lines.length > 0)).toEqual([
      { title: 'What the gate could not do', lines: ['A report was lost.'], bad: true },
    ]);
  });
});
