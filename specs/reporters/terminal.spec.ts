import { describe, expect, it } from '@jest/globals';
import type { Accepted } from '../../harness/model/ratchet';
import terminal from '../../harness/reporters/terminal';
import { aFile, aFinding, aRun, aRunNamed } from './a-report';
import { HOSTILE_NAMES } from './hostile-names';

const plain = { colors: false, base: '' };
const ESCAPE = String.fromCharCode(27);

describe('the summary', () => {
  it('is three lines for a clean run', () => {
    expect(terminal.render(aRun(), plain)).toBe(
      "\nLeaks:       none\nChecked:     2 tests in 1 file\nCost:        3 ms (1.0 % of the files' time)\n",
    );
  });

  it('tells the same leak once, with how often, where, and which tests', () => {
    const tests = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
    const socket = { kind: 'socket', noun: 'a socket', label: 'to 127.0.0.1:1', facts: {}, owns: [] };
    const { openedAt: _, ...homeless } = aFinding({ root: socket, fingerprint: 'bbbbbbbbbbbb', kind: 'late' });
    const file = aFile({
      tests: 1200,
      findings: [...tests.map((test) => aFinding({ test })), aFinding({ test: 'one', count: 3 }), homeless],
      cost: { setupMs: 1, judgingMs: 1502, waitedMs: 1500, recorded: 0, stacks: 0 },
    });
    expect(terminal.render(aRun({ outcome: 'leaks', files: [file] }), plain)).toBe(
      [
        '',
        'Leaks:       11 in 7 places (10 × interval, 1 × socket)',
        '  10 × interval  src/poll.ts:3:9  aaaaaaaaaaaa',
        '      Suite › one',
        '      Suite › two',
        '      Suite › three',
        '      Suite › four',
        '      Suite › five',
        '      … and 2 more',
        '  1 × socket to 127.0.0.1:1  (late)  a.test.ts  bbbbbbbbbbbb',
        '      Suite › one',
        'Late:        a.test.ts',
        'Checked:     1,200 tests in 1 file',
        "Cost:        3 ms (1.0 % of the files' time), and 1,500 ms of grace for suspects",
        '',
        'Tests passed, but they leak.',
        '',
      ].join('\n'),
    );
  });

  it('names every line of those that only share a fingerprint', () => {
    const openedAt = { file: 'src/poll.ts', line: 8, column: 3, fn: '', origin: 'user' as const };
    const files = [aFile({ findings: [aFinding(), aFinding({ test: 'two', openedAt })] })];
    expect(terminal.render(aRun({ outcome: 'leaks', files }), plain)).toContain(
      '  1 × interval of 5 s  src/poll.ts:3:9  aaaaaaaaaaaa\n      Suite › one\n  1 × interval of 5 s  src/poll.ts:8:3  aaaaaaaaaaaa\n      Suite › two\n',
    );
  });

  it('counts the same test name in two files as two places', () => {
    const other = { kind: 'test' as const, path: ['Suite', 'one'], file: 'b.test.ts' };
    const files = [
      aFile({ findings: [aFinding()] }),
      aFile({ file: 'b.test.ts', findings: [aFinding({ scope: other })] }),
    ];
    expect(terminal.render(aRun({ outcome: 'leaks', files }), plain)).toContain(
      'Leaks:       2 in 2 places\n  2 × interval  src/poll.ts:3:9  aaaaaaaaaaaa\n      a.test.ts › Suite › one\n      b.test.ts › Suite › one\n',
    );
  });

  it('says what could not be checked, what is out of date, and what was left running', () => {
    const one: Accepted = { finding: aFinding(), by: 'allow', reason: 'the SDK keeps it' };
    const run = aRun({
      outcome: 'broken',
      files: [aFile({ level: 'trace', accepted: [one, one] })],
      off: ['b.test.ts'],
      orphans: [{ pid: 7, command: 'sleep 20', file: 'a.test.ts' }],
      ratchet: [{ what: 'unused-rule', place: 'a.ts:3', message: 'a.ts:3  "old metrics" matched nothing.', red: true }],
      problems: ['A report of the run cannot be read: 1-0-1.json.'],
      notes: ['Jest ran no tests.'],
    });
    expect(terminal.render(run, plain)).toBe(
      [
        '',
        'Leaks:       none',
        'Orphan:      process 7 (sleep 20) is still running; a.test.ts started it. End it in the test that starts it.',
        'Rule:        a.ts:3  "old metrics" matched nothing.',
        'Checked:     2 tests in 1 file, level trace, 2 leaks allowed, 1 file switched off',
        "Cost:        3 ms (1.0 % of the files' time)",
        'Note:        Jest ran no tests.',
        'Problem:     A report of the run cannot be read: 1-0-1.json.',
        '',
        'leakgate could not do its job: what it did not check may leak.',
        '',
      ].join('\n'),
    );
  });

  it('counts what is known, lists the first of it, and says how to see the rest', () => {
    const accepted = Array.from({ length: 8 }, (_, at): Accepted => {
      const finding = aFinding({ fingerprint: `${at}`.repeat(12), test: `case ${at}` });
      return at === 0 ? { finding, by: 'known', reason: 'not ours' } : { finding, by: 'baseline', entry: 'x' };
    });
    expect(
      terminal
        .render(aRun({ files: [aFile({ accepted })] }), plain)
        .split('\n')
        .slice(1, 9),
    ).toEqual([
      'Leaks:       none',
      'Known:       8 leaks that fail no test',
      '  1 × interval of 5 s  src/poll.ts:3:9  000000000000  "not ours"',
      ...['1', '2', '3', '4'].map(
        (digit) => `  1 × interval of 5 s  src/poll.ts:3:9  ${digit.repeat(12)}  in the baseline`,
      ),
      '  … and 3 other known leaks: `--html <file>` lists them all',
    ]);
  });

  it('has colours when they are asked for, and none of them changes a word', () => {
    const run = aRun({ outcome: 'leaks', files: [aFile({ findings: [aFinding()] })] });
    const colored = terminal.render(run, { ...plain, colors: true });
    expect(colored).toContain(`${ESCAPE}[31m`);
    expect(colored.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '')).toBe(terminal.render(run, plain));
  });

  it('neither steers the terminal nor gives a command to a CI server, whatever tests and files are called', () => {
    const text = terminal.render(aRunNamed(HOSTILE_NAMES), plain);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
    expect(text.split('\n').filter((line) => /^\s*::/.test(line))).toEqual([]);
    expect(text).not.toMatch(/##\w*\[/);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(2_500);
  });
});
