import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '../../harness/model/report';
import github from '../../harness/reporters/github';
import { aFile, aFinding, aRun, aRunNamed } from './a-report';
import { HOSTILE_NAMES } from './hostile-names';
import { readAs } from './read-as';

interface Command {
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}

const unescaped = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n');
const messageOf = (text: string): string => unescaped(text).replaceAll('%25', '%');
const propertyOf = (text: string): string =>
  unescaped(text).replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');

/** As GitHub's runner reads a line: `::name properties::data` (`ActionCommand.TryParseV2`). */
function parsed(line: string): Command {
  const end = line.indexOf('::', 2);
  const [name, ...given] = line.slice(2, end).split(' ');
  expect(['::error', '::warning']).toContain(`${line.slice(0, 2)}${name}`);
  const properties = given
    .join(' ')
    .split(',')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), propertyOf(pair.slice(pair.indexOf('=') + 1))]);
  return { message: messageOf(line.slice(end + 2)), properties: Object.fromEntries(properties) };
}

const linesOf = (report: RunReport, base = ''): string[] =>
  github.render(report, { colors: false, base }).split('\n').slice(0, -1);

const leaking = (...findings: ReturnType<typeof aFinding>[]): RunReport =>
  aRun({ outcome: 'leaks', files: [aFile({ findings })] });

describe('annotations', () => {
  it('are none for a clean run', () => {
    expect(github.render(aRun(), { colors: false, base: '' })).toBe('');
  });

  it('stand on the very line, in the repository, with the sentence, the remedy and the test', () => {
    const lines = linesOf(leaking(aFinding({ message: 'Never cleared.\nClear it.' })), 'packages/shop');
    expect(lines.map(parsed)).toEqual([
      {
        properties: { file: 'packages/shop/src/poll.ts', line: '3', col: '9', title: 'leak: interval' },
        message: 'Never cleared.\nClear it.\n\nIn Suite › one\n\nFingerprint: aaaaaaaaaaaa',
      },
    ]);
  });

  it('are one for the same leak in many tests', () => {
    const lines = linesOf(leaking(aFinding(), aFinding({ test: 'two' })));
    expect(lines.map((line) => parsed(line).message)).toEqual([
      expect.stringContaining('In 2 places, 2 times in all; the first: Suite › one'),
    ]);
  });

  it('stand on the very line of a rule that is out of date, and warn of what is mended and not yet pruned', () => {
    const report = aRun({
      outcome: 'leaks',
      ratchet: [
        { what: 'unused-rule', place: 'leakgate.config.ts:3', message: 'It matched nothing.', red: true },
        { what: 'expired-rule', place: 'leakgate.config.js: allow.1', message: 'It expired.', red: true },
        {
          what: 'fixed',
          place: 'leakgate-baseline.jsonl',
          message: '1 leak is mended.',
          red: false,
          entries: [{ fingerprint: 'b', file: 'b.test.ts', test: '', places: 1, kind: 'x', opens: '', line: 7 }],
        },
      ],
    });
    const lines = linesOf(report, 'packages/shop');
    expect(lines.map((line) => line.slice(0, line.indexOf(' ')))).toEqual(['::error', '::error', '::warning']);
    expect(lines.map((line) => parsed(line))).toEqual([
      {
        properties: { file: 'packages/shop/leakgate.config.ts', line: '3', title: 'leakgate: a rule is out of date' },
        message: 'It matched nothing.',
      },
      {
        properties: { file: 'packages/shop/leakgate.config.js', title: 'leakgate: a rule is out of date' },
        message: 'It expired.',
      },
      {
        properties: {
          file: 'packages/shop/leakgate-baseline.jsonl',
          line: '7',
          title: 'leakgate: the baseline is out of date',
        },
        message: '1 leak is mended.',
      },
    ]);
  });

  it('say in the last one that GitHub shows how many it does not show', () => {
    const findings = Array.from({ length: 25 }, (_, at) => aFinding({ fingerprint: `f${at}` }));
    const lines = linesOf(leaking(...findings));
    expect(lines).toHaveLength(26);
    expect(parsed(lines[9] ?? '').message).toBe("16 more are in the log and in the job's summary.");
    expect(linesOf(leaking(...findings.slice(0, 10)))).toHaveLength(10);
  });

  it('are written as @actions/core writes them', () => {
    const lines = linesOf(aRunNamed(HOSTILE_NAMES));
    const commands = lines.map(parsed);
    const written = readAs<string>(
      `import { error } from '@actions/core';
       const lines = [];
       process.stdout.write = (text) => lines.push(text) > 0;
       for (const { message, properties: { title, file, line, col } } of input)
         error(message, { title, file, startLine: line, startColumn: col });
       say(lines.join(''));`,
      commands,
    );
    const sorted = (line: string): string =>
      line.slice(0, line.indexOf('::', 2)).replace('::error ', '').split(',').sort().join();
    const theirs = written.split(/\r?\n/).filter((line) => line !== '');
    expect(theirs.map(sorted)).toEqual(lines.map(sorted));
    const dataOf = (line: string): string => line.slice(line.indexOf('::', 2));
    expect(theirs.map(dataOf)).toEqual(lines.map(dataOf));
  });

  it('are one command a line, whatever tests and files are called', () => {
    const lines = linesOf(aRunNamed(HOSTILE_NAMES));
    // Of each name: a misuse, a problem, an allowance, an orphan and a leak; and one that says how many are not shown.
    expect(lines).toHaveLength(5 * HOSTILE_NAMES.length + 1);
    for (const line of lines) {
      const { properties } = parsed(line);
      expect(Object.keys(properties).filter((name) => !['file', 'line', 'col', 'title'].includes(name))).toEqual([]);
      expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(line.length).toBeLessThan(20_000);
    }
  });
});
