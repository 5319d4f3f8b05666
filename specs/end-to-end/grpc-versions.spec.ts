import { basename, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { startPeers } from '../../fixtures/upstream/peers/start';
import { markOf, sentenceOf } from '../upstream/run-pairs';
import { type JestRun, runJest } from './jest-project';

const FIXTURES = resolve(__dirname, '../../fixtures/grpc-versions');
const VERSIONS = ['1.8.5', '1.10.11', '1.12.6', '1.13.4', 'newest'];

describe('every version of @grpc/grpc-js from 1.8', () => {
  let run: JestRun;

  beforeAll(async () => {
    const peers = await startPeers();
    try {
      run = await runJest({
        rootDir: FIXTURES,
        config: { testMatch: ['<rootDir>/{clean,leaks}-*.ts'], testTimeout: 20_000 },
        args: ['--maxWorkers=2'],
        env: peers.env,
      });
    } finally {
      await peers.stop();
    }
  }, 120_000);

  const report = (file: string) => run.reports.find((each) => basename(each.file, '.ts') === file);

  for (const version of VERSIONS) {
    it(`finds nothing where clients and servers clean up (${version})`, () => {
      expect(report(`clean-${version}`)?.tests).toBe(7);
      expect(report(`clean-${version}`)?.findings.map(sentenceOf)).toEqual([]);
    });

    it(`finds a client that is not closed, once (${version})`, () => {
      const findings = report(`leaks-${version}`)?.findings ?? [];
      expect(findings.map((finding) => [finding.kind, finding.root.kind, markOf(finding)])).toEqual([
        ['leak', 'grpc-channel', 'opens'],
      ]);
    });
  }
});
