import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { FileReport } from '../../harness/model/report';
import type { Thing } from '../../harness/model/resource';
import { type JestRun, type JestRunOptions, runJest } from '../end-to-end/jest-project';

/** What the finding of one leaking fixture must say. */
export interface Expected {
  /** The root's kind. */
  readonly kind: string;
  /** A part of the sentence that identifies the resource. */
  readonly says: RegExp;
  /** What is beneath the root, as its tree shows it, from top to bottom. Absent: not looked at. */
  readonly tree?: readonly RegExp[];
  /** Nothing can end it before its time, so Jest may have to force a worker out. */
  readonly unstoppable?: boolean;
}

/** How long a worker may take to be gone once its last file is over. On a busy machine that is more than the half second Jest gives it. */
const WORKER_EXIT_MS = 5_000;

const FIXTURES = resolve(__dirname, '../../fixtures/probes');

/** Lines of a fixture that end in `// opens`: one of them must be named. */
const openingLines = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line.trimEnd().endsWith('// opens') ? [index + 1] : []));

function* thingsBeneath({ owns }: Thing): Iterable<string> {
  for (const owned of owns) {
    yield owned.detail ?? `${owned.noun} ${owned.label}`;
    yield* thingsBeneath(owned);
  }
}

/**
 * Runs every fixture of a probe through the real Jest, once, and holds each to its claim: `leaks-*.ts` yields exactly one
 * finding, of the kind and at the line it names; its twin `clean-*.ts`, which must exist, none.
 *
 * @param config Jest configuration on top, such as a global set-up
 */
export function describeProbe(
  probe: string,
  leaks: Readonly<Record<string, Expected>>,
  config: Readonly<Record<string, unknown>> = {},
  options: Pick<JestRunOptions, 'stdin'> = {},
): void {
  const folder = join(FIXTURES, probe);
  const names = readdirSync(folder).filter((name) => /^(leaks|clean)-.*\.ts$/.test(name));

  describe(`${probe} probe`, () => {
    let run: JestRun;
    const reports = new Map<string, FileReport>();

    beforeAll(async () => {
      run = await runJest({
        rootDir: folder,
        config: {
          testMatch: ['<rootDir>/{leaks,clean}-*.ts'],
          testTimeout: 20_000,
          workerGracefulExitTimeout: WORKER_EXIT_MS,
          ...config,
        },
        args: ['--maxWorkers=2'],
        ...options,
      });
      for (const report of run.reports) reports.set(basename(report.file, '.ts'), report);
    }, 120_000);

    it('has a claim and a clean twin for every leaking fixture', () => {
      const leaking = names.filter((name) => name.startsWith('leaks-')).map((name) => basename(name, '.ts'));
      expect(leaking.sort()).toEqual(Object.keys(leaks).sort());
      expect(names).toEqual(expect.arrayContaining(leaking.map((name) => `${name.replace('leaks-', 'clean-')}.ts`)));
      expect(run.unfinished).toEqual([]);
    });

    it('puts the process back in order: Jest ends by itself, and no test fails but by its own leak', () => {
      const said = [...reports.values()].flatMap(({ findings }) =>
        findings.map(({ message }) => message.split('\n')[0]),
      );
      const failures = [...run.tests.values()]
        .map(({ messages }) => messages.split('\n')[0])
        .filter((line) => line !== '');
      const mayForce = Object.values(leaks).some(({ unstoppable }) => unstoppable === true);
      if (!mayForce) expect(run.output).not.toMatch(/did not exit|failed to exit gracefully/);
      expect(failures.filter((line) => !said.includes(line))).toEqual([]);
    });

    for (const [name, expected] of Object.entries(leaks)) {
      it(`finds ${name} once, at its opening line`, () => {
        const findings = reports.get(name)?.findings ?? [];
        expect(findings.map(({ message }) => message)).toEqual([expect.stringMatching(expected.says)]);
        expect(findings.map((finding) => [finding.kind, finding.root.kind])).toEqual([['leak', expected.kind]]);
        const beneath = findings.flatMap(({ root }) => [...thingsBeneath(root)]);
        if (expected.tree !== undefined)
          expect(beneath).toEqual(expected.tree.map((line) => expect.stringMatching(line)));
        expect(openingLines(join(folder, `${name}.ts`))).toContain(findings[0]?.openedAt?.line);
        expect(run.output).toContain(`${name}.ts:`);
      });
    }

    for (const name of names.filter((each) => each.startsWith('clean-'))) {
      it(`finds nothing in ${basename(name, '.ts')}`, () => {
        const report = reports.get(basename(name, '.ts'));
        expect(report?.tests).toBeGreaterThan(0);
        expect(report?.findings.map((finding) => finding.message)).toEqual([]);
      });
    }
  });
}
