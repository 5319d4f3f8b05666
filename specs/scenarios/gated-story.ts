import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../../harness/model/finding';
import { runJest } from '../end-to-end/jest-project';

/** How often a story is played in a row: `SCENARIO_PLAYS`, by default a hundred times. */
export const PLAYS = Number(process.env.SCENARIO_PLAYS ?? 100);

const FOLDER = resolve(__dirname, '../../fixtures/scenarios');

/** What the gate says of one variant of a scenario, played so many times. */
export interface Verdict {
  /** How many of its tests ran. */
  readonly tests: number;
  /** Names of the tests that failed. */
  readonly failed: readonly string[];
  readonly findings: readonly Finding[];
}

/** Plays one variant under the gate, so many times in one file, as its author would run it. */
export async function verdict(scenario: string, variant: string, times: number): Promise<Verdict> {
  const run = await runJest({
    rootDir: FOLDER,
    config: { testMatch: [`<rootDir>/${scenario}/${variant}.ts`], testTimeout: 60_000 },
    args: ['--runInBand'],
    env: { SCENARIO_REPEAT: String(times) },
  });
  const [report] = run.reports;
  if (report === undefined) throw new Error(`no report\n${run.output}`);
  const failed = [...run.tests].filter(([, { status }]) => status !== 'passed').map(([name]) => name);
  return { tests: report.tests, failed, findings: report.findings };
}

/** The line a finding says its root was opened at. */
export function openingLine({ openedAt }: Finding): string {
  if (openedAt === undefined) return 'no line';
  return readFileSync(openedAt.file, 'utf8').split('\n')[openedAt.line - 1]?.trim() ?? 'no such line';
}

/** A finding's message without what differs from run to run: ports. */
export const withoutPorts = (message: string): string => message.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>');
