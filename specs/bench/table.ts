import Table from 'cli-table3';
import colors from 'picocolors';
import type { Target } from './benchmarks';
import type { Row, Standing } from './rows';

const digits = (value: number): string => value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);

const amount = (value: number, unit: Row['unit']): string =>
  unit === 'ms' ? `${value.toFixed(3)} ms` : `${digits(value)} ${unit}`;

const signed = (value: number, unit: Row['unit']): string => `${value < 0 ? '' : '+'}${amount(value, unit)}`;

function wanted(target: Target | undefined, unit: Row['unit']): string {
  switch (target?.rule) {
    case undefined:
      return '';
    case 'ratio':
      return `≤ ${target.atMost}x`;
    case 'difference':
      return `≤ ${signed(target.atMost, unit)}`;
    case 'value':
      return `≤ ${amount(target.atMost, unit)}`;
  }
}

function verdict(standing: Standing | undefined): string {
  switch (standing) {
    case undefined:
      return '';
    case 'pass':
      return colors.green('pass');
    case 'short':
      return colors.red('short');
  }
}

/** The first line of a failure, short enough for a cell. */
const reason = (failure: string): string => (failure.split('\n')[0] ?? '').slice(0, 30);

/** The rows of one Node as a table for the terminal. Colours follow it, and `NO_COLOR`. */
export function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ['', '', 'median', 'times', 'more', 'target', ''].map((text) => colors.bold(text)),
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  let group = '';
  for (const row of rows) {
    const name = `${row.benchmark}: ${row.title}`;
    const isFirst = name !== group;
    if (isFirst && group !== '') table.push([{ colSpan: 7, content: '' }]);
    group = name;
    table.push([
      isFirst ? colors.bold(name) : '',
      row.contender,
      row.median === undefined ? colors.yellow(reason(row.failure ?? 'no figure')) : amount(row.median, row.unit),
      row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}x`,
      row.difference === undefined ? '' : signed(row.difference, row.unit),
      wanted(row.target, row.unit),
      verdict(row.standing),
    ]);
  }
  return table.toString();
}
