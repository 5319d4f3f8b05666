import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { startPeers } from '../../fixtures/upstream/peers/start';
import type { Finding } from '../../harness/model/finding';
import type { FileReport } from '../../harness/model/report';
import type { Thing } from '../../harness/model/resource';
import { type JestRun, runJest } from '../end-to-end/jest-project';

/** Where the pairs are. */
export const UPSTREAM = resolve(__dirname, '../../fixtures/upstream');

/** One run of the gate over the pairs. */
export interface PairsRun {
  readonly run: JestRun;
  /** What was found in one variant of a pair; `undefined` if it was not run. */
  report(name: string, variant: string): FileReport | undefined;
}

/** Runs the pairs through the real Jest, against backends on loopback that outlive every test. */
export async function runPairs(): Promise<PairsRun> {
  const peers = await startPeers();
  try {
    const run = await runJest({
      rootDir: UPSTREAM,
      config: { testMatch: ['<rootDir>/*/{leaky,fixed,control}.ts'], testTimeout: 30_000 },
      args: ['--maxWorkers=2'],
      env: peers.env,
    });
    const reports = new Map(
      run.reports.map((report) => [`${basename(dirname(report.file))}/${basename(report.file, '.ts')}`, report]),
    );
    return { run, report: (name, variant) => reports.get(`${name}/${variant}`) };
  } finally {
    await peers.stop();
  }
}

/** The finding's first sentence, without what differs from run to run. */
export const sentenceOf = (finding: Finding): string =>
  (finding.message.split('\n')[0] ?? '')
    .replace(/\b(127\.0\.0\.1|localhost):\d+/g, '$1:<port>')
    .replace(/\b(?:59,\d{3} ms|60 s)(?= \()/, '<ms> ms');

/** The kinds of a finding's root and of all beneath it, outermost first. */
export const treeOf = (thing: Thing): readonly string[] => [thing.kind, ...thing.owns.flatMap(treeOf)];

/** The word that marks the line at which the finding says it was opened. */
export function markOf({ openedAt }: Finding): string | undefined {
  if (openedAt === undefined) return undefined;
  const line = readFileSync(openedAt.file, 'utf8').split('\n')[openedAt.line - 1] ?? '';
  return / \/\/ (\w+)$/.exec(line.trimEnd())?.[1];
}
