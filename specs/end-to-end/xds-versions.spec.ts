import { basename, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Thing } from '../../harness/model/resource';
import { sentenceOf } from '../upstream/run-pairs';
import { type JestRun, runJest } from './jest-project';

const FIXTURES = resolve(__dirname, '../../fixtures/xds-versions');
const UNPROVEN = '  unproven: this version does not tell what names it';

/** What each version tells of why a watch is there. */
const REASONS: Readonly<Record<string, readonly [lds: string, rds: string, cds: string, eds: string]>> = {
  '1.10.1': [UNPROVEN, UNPROVEN, UNPROVEN, UNPROVEN],
  '1.13.0': [
    '  asked for by its channel',
    '  named by LDS "shop"',
    '  named by RDS "shop-routes"',
    '  named by CDS "shop-cluster"',
  ],
  newest: [
    '  asked for by its channel',
    '  named by LDS "shop"',
    '  named by RDS "shop-routes"',
    '  named by CDS "shop-cluster"',
  ],
};

function watchesIn({ kind, detail = '', owns }: Thing): string[] {
  return [...(kind === 'xds-watch' ? [detail] : []), ...owns.flatMap(watchesIn)];
}

describe('every version of @grpc/grpc-js-xds from 1.10', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({
      rootDir: FIXTURES,
      config: { testMatch: ['<rootDir>/{clean,leaks}-*.ts'], testTimeout: 60_000 },
      args: ['--maxWorkers=2'],
    });
  }, 180_000);

  const report = (file: string) => run.reports.find((each) => basename(each.file, '.ts') === file);

  for (const [version, [lds, rds, cds, eds]] of Object.entries(REASONS)) {
    it(`finds nothing where channels are closed (${version})`, () => {
      expect(report(`clean-${version}`)).toMatchObject({ tests: 1, findings: [], probeFailures: [] });
    });

    it(`finds a channel that is not closed, once, with what it watches and why (${version})`, () => {
      const { findings = [], probeFailures } = report(`leaks-${version}`) ?? {};
      expect(probeFailures).toEqual([]);
      expect(findings.map(sentenceOf)).toEqual([
        'A gRPC client channel to xds:///shop was opened in this test, but never closed.',
      ]);
      const [finding] = findings;
      expect(finding === undefined ? [] : watchesIn(finding.root).sort()).toEqual([
        `xDS watch  CDS shop-cluster${cds}`,
        `xDS watch  EDS shop-endpoints${eds}`,
        `xDS watch  LDS shop${lds}`,
        `xDS watch  RDS shop-routes${rds}`,
      ]);
    });
  }
});
