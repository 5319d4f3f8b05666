import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
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

/** A copy of an aliased package under its own name, as it is where people have it. */
function underItsOwnName(name: string, alias: string): { readonly folder: string; readonly main: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakgate-pools-')));
  const main = join(folder, 'node_modules', name);
  cpSync(resolve(__dirname, '../../node_modules', alias), main, { recursive: true });
  return { folder, main };
}

/** Runs every fixture of `client` through the real Jest and holds all of them to their claims. */
export function describePool(title: string, client: string, claims: Claims, alias?: string): void {
  describe(title, () => {
    let servers: PoolServers;
    let run: JestRun;

    beforeAll(async () => {
      servers = await startPoolServers();
      const copy = alias === undefined ? undefined : underItsOwnName(client, alias);
      run = await runJest({
        rootDir: resolve(FIXTURES, client),
        config: {
          testMatch: ['<rootDir>/{leaks,clean}-*.ts'],
          testTimeout: 20_000,
          ...(copy === undefined ? {} : { moduleNameMapper: { [`^${client}$`]: copy.main } }),
        },
        args: ['--runInBand'],
        env: servers.env,
      });
      if (copy !== undefined) rmSync(copy.folder, { recursive: true });
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
  });
}
