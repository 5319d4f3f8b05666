import { describe, expect, it } from '@jest/globals';
import { runJest } from '../end-to-end/jest-project';
import { describeProbe } from './probe-fixtures';

const OVER_STDIN =
  /^A readline interface over process\.stdin was opened in this test, but never closed\.\nClose it with/;

describeProbe(
  'readline',
  {
    'leaks-interface': { kind: 'readline-interface', says: OVER_STDIN },
    'leaks-constructor': { kind: 'readline-interface', says: OVER_STDIN },
    'leaks-promises': { kind: 'readline-interface', says: OVER_STDIN },
    'leaks-stream': { kind: 'readline-interface', says: /^A readline interface over a PassThrough was opened/ },
    'leaks-data': {
      kind: 'stdin-reader',
      says: /^A reader of process\.stdin was started in this test, but never stopped/,
    },
    'leaks-resume': { kind: 'stdin-reader', says: /\nStop it with `process\.stdin\.pause\(\)`/ },
  },
  {},
  { stdin: 'open' },
);

describe('standard input that nobody closes', () => {
  const alone = (body: string) =>
    runJest({
      files: { 'stdin.test.js': `test('reads', () => { ${body} });\n` },
      stdin: 'open',
      args: ['--runInBand'],
    });

  it('does not keep Jest up after a bare listener, which is one finding with its listener beneath', async () => {
    const { code, reports, unfinished } = await alone("process.stdin.on('data', () => {});");
    expect({ code, unfinished }).toEqual({ code: 1, unfinished: [] });
    const roots = reports.flatMap(({ findings }) => findings.map(({ root }) => root));
    expect(roots.map(({ kind, owns }) => [kind, owns.map((owned) => owned.kind)])).toEqual([
      ['stdin-reader', ['listener']],
    ]);
  }, 60_000);

  it('does not keep Jest up after an interface, which is one finding with the reader beneath', async () => {
    const { code, reports, unfinished } = await alone(
      "require('readline').createInterface({ input: process.stdin }).on('line', () => {});",
    );
    expect({ code, unfinished }).toEqual({ code: 1, unfinished: [] });
    const roots = reports.flatMap(({ findings }) => findings.map(({ root }) => root));
    expect(roots.map(({ kind, owns }) => [kind, owns.map((owned) => owned.kind)])).toEqual([
      ['readline-interface', ['stdin-reader']],
    ]);
  }, 60_000);

  it('is nobody’s leak for merely being there', async () => {
    const { code, reports } = await alone('expect(process.stdin.fd).toBe(0);');
    expect(code).toBe(0);
    expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
  }, 60_000);
});
