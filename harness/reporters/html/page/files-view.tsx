import { useMemo, useState } from 'preact/hooks';
import type { FileRow } from '../page-data';
import { amount, count, duration, percent } from './amounts';

type Column = 'file' | 'tests' | 'leaks' | 'durationMs' | 'cost' | 'share';

interface Sorting {
  readonly by: Column;
  readonly descending: boolean;
}

const TITLES: Readonly<Record<Column, string>> = {
  file: 'File',
  tests: 'Tests',
  leaks: 'Leaks',
  durationMs: 'Time',
  share: 'Share',
  cost: 'What the gate cost',
};
const COLUMNS = Object.keys(TITLES) as readonly Column[];

/** Rows drawn at first, and more at each request. */
const LISTED = 100;

const ownMs = ({ setupMs, judgingMs, waitedMs }: FileRow): number => Math.max(0, setupMs + judgingMs - waitedMs);
const judgedMs = ({ judgingMs, waitedMs }: FileRow): number => Math.max(0, judgingMs - waitedMs);
const share = (row: FileRow): number => (row.durationMs > 0 ? ownMs(row) / row.durationMs : 0);

const { compare } = new Intl.Collator('en', { numeric: true });

function measure(row: FileRow, by: Exclude<Column, 'file'>): number {
  if (by === 'cost') return ownMs(row) + row.waitedMs;
  return by === 'share' ? share(row) : row[by];
}

function sorted(files: readonly FileRow[], { by, descending }: Sorting): readonly FileRow[] {
  const rows = [...files].sort((a, b) =>
    by === 'file' ? compare(a.file, b.file) : measure(a, by) - measure(b, by) || compare(b.file, a.file),
  );
  return descending ? rows.reverse() : rows;
}

const PARTS = [
  ['setup', 'setting up', (row: FileRow) => row.setupMs],
  ['judging', 'looking and judging', judgedMs],
  ['waiting', 'grace for suspects', (row: FileRow) => row.waitedMs],
] as const;

function Bar({ row, mostMs }: { readonly row: FileRow; readonly mostMs: number }) {
  const said = PARTS.map(([, what, ms]) => `${what} ${duration(ms(row))}`).join(', ');
  return (
    <div class="cost" title={`${said}; ${count(row.recorded, 'resource')}, ${count(row.stacks, 'stack')}`}>
      <span class="bar" aria-hidden="true">
        {PARTS.map(([name, , ms]) => (
          <i key={name} class={name} style={{ width: `${mostMs > 0 ? (ms(row) / mostMs) * 100 : 0}%` }} />
        ))}
      </span>
      <span class="sum">{duration(ownMs(row) + row.waitedMs)}</span>
      <span class="unseen">{said}</span>
    </div>
  );
}

/** Which files cost the gate what: a chart that is a table. */
export function FilesView({ files }: { readonly files: readonly FileRow[] }) {
  const [sorting, setSorting] = useState<Sorting>({ by: 'cost', descending: true });
  const [search, setSearch] = useState('');
  const [listed, setListed] = useState(LISTED);
  const rows = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return sorted(files, sorting).filter(({ file }) => words.every((word) => file.toLowerCase().includes(word)));
  }, [files, sorting, search]);
  const mostMs = files.reduce((most, row) => Math.max(most, ownMs(row) + row.waitedMs), 0);
  const sortBy = (by: Column): void =>
    setSorting((old) => ({ by, descending: old.by === by ? !old.descending : by !== 'file' }));
  return (
    <section class="files" aria-labelledby="files-title">
      <div class="files-head">
        <h2 id="files-title">What the gate cost, file by file</h2>
        <ul class="legend">
          {PARTS.map(([name, what]) => (
            <li key={name}>
              <span class={`swatch ${name}`} aria-hidden="true" /> {what}
            </li>
          ))}
        </ul>
        <search>
          <label class="search">
            <span class="unseen">Search files</span>
            <input
              type="search"
              placeholder="Search files …"
              value={search}
              spellcheck={false}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
          </label>
        </search>
        <p role="status" class="shown">
          {rows.length === files.length
            ? count(files.length, 'file')
            : `${amount(rows.length)} of ${count(files.length, 'file')}`}
        </p>
      </div>
      <table class="cost-table">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th
                key={column}
                scope="col"
                class={column}
                aria-sort={sorting.by !== column ? 'none' : sorting.descending ? 'descending' : 'ascending'}
              >
                <button type="button" onClick={() => sortBy(column)}>
                  {TITLES[column]}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, listed).map((row, index) => (
            <tr key={`${row.file} ${index}`}>
              <th scope="row">
                <bdi>{row.file}</bdi>
              </th>
              <td>{amount(row.tests)}</td>
              <td class={row.leaks > 0 ? 'bad' : ''}>{amount(row.leaks)}</td>
              <td>{duration(row.durationMs)}</td>
              <td>{percent(ownMs(row), row.durationMs)}</td>
              <td>
                <Bar row={row} mostMs={mostMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > listed && (
        <button type="button" class="more" onClick={() => setListed(listed + LISTED * 5)}>
          Show {amount(Math.min(LISTED * 5, rows.length - listed))} more of {amount(rows.length - listed)}
        </button>
      )}
    </section>
  );
}
