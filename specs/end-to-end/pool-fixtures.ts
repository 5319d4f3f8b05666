import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '../../harness/model/finding';
import { type JestRun, runJest } from './jest-project';
import { type PoolServers, startPoolServers } from './pool-servers';

/** By fixture: every finding, as `kind: root of scope at file, mark of the line`. A mark is its line's trailing comment of one word. */
export type Claims = Readonly<Record<string, readonly string[]>>;

const FIXTURES = resolve(__dirname, '../../fixtures/pools');

function sourceLine(finding: Finding): string {
  const { openedAt } = finding;
  if (openedAt === undefined) return 'no line';
  const text = readFileSync(openedAt.file, 'utf8').split('\n')[openedAt.line - 1]?.trim() ?? '';
  const mark = / \/\/ (\w+)$/.exec(text)?.[1];
  return `${basename(openedAt.file)}, ${mark ?? `which is not marked: ${text}`}`;
}

function told(finding: Finding): string {
  const { kind, scope, root } = finding;
  const name = scope.path.length === 0 ? scope.kind : `${scope.kind} "${scope.path.join(' > ')}"`;
  const count = finding.count === 1 ? '' : `${finding.count} `;
  return `${kind}: ${count}${root.kind} of ${name} at ${sourceLine(finding)}`;
}

/** What is special about a pool. */
export interface PoolOptions {
  /** Another package that `client` stands for. */
  readonly alias?: string;
  /** More claims on the same run. */
  readonly more?: (run: () => JestRun) => void;
}

/** Runs every fixture of `client` through the real Jest and holds all of them to their claims. */
export function describePool(title: string, client: string, claims: Claims, options: PoolOptions = {}): void {
  describe(title, () => {
    let servers: PoolServers;
    let run: JestRun;

    beforeAll(async () => {
      servers = await startPoolServers();
      run = await runJest({
        rootDir: resolve(FIXTURES, client),
        config: {
          testMatch: ['<rootDir>/{leaks,clean}-*.ts'],
          testTimeout: 20_000,
          ...(options.alias === undefined ? {} : { moduleNameMapper: { [`^${client}$`]: options.alias } }),
        },
        args: ['--runInBand'],
        env: servers.env,
      });
    }, 120_000);

    afterAll(() => servers.stop());

    it('finds what each file leaves behind, where it belongs, and nothing else', () => {
      const found = run.reports.map((report) => [basename(report.file, '.ts'), report.findings.map(told)] as const);
      expect(Object.fromEntries(found.sort(([one], [two]) => (one < two ? -1 : 1)))).toEqual(claims);
      expect(run.unfinished).toEqual([]);
    });

    it('fails the tests it names, and no other', () => {
      const blamed = run.reports.flatMap(({ findings }) =>
        findings.filter(({ scope }) => scope.kind === 'test').map(({ scope }) => scope.path.join(' ')),
      );
      const failed = [...run.tests].filter(([, { status }]) => status !== 'passed').map(([name]) => name);
      expect(failed.sort()).toEqual([...new Set(blamed)].sort());
      expect(run.code).toBe(1);
    });

    options.more?.(() => run);
  });
}
