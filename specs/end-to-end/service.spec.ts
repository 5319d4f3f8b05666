import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = resolve(__dirname, '../..');

/** What each careless test of the demo leaves behind, as its author would say it. */
const CARELESS: Readonly<Record<string, RegExp>> = {
  'audit log › keeps the order': /stream on .*audit\.log/,
  'health endpoint › knows no other page': /HTTP server on 127\.0\.0\.1:\d+/,
  'inventory service › serves a second shop': /opened|armed/,
  'shutdown › listens to the orchestrator': /listener .*SIGTERM/,
  'stock cache › asks again after it was cleared': /timeout of 60 s/,
  'stock poller › is quiet while there is enough': /interval of 5 ms/,
};

interface Found {
  readonly scope: { readonly path: readonly string[] };
  readonly message: string;
}

describe('the demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakgate-demo-'));
  const report = join(folder, 'report.json');
  let ended: { readonly code: number; readonly output: string };
  let findings: readonly Found[];

  beforeAll(async () => {
    const args = [
      'dist/cli/main.js',
      'run',
      '--report',
      report,
      '--allow-outside',
      '--',
      'jest',
      '--config',
      'fixtures/service/jest.config.js',
    ];
    ended = await new Promise((done) => {
      execFile(process.execPath, args, { cwd: ROOT }, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
      });
    });
    const { files } = JSON.parse(readFileSync(report, 'utf8')) as { files: { findings: Found[] }[] };
    findings = files.flatMap((file) => file.findings);
  }, 120_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('finds green tests that leak', () => {
    expect(ended).toMatchObject({ code: 3 });
  });

  it('names every careless test, and no careful one', () => {
    const named = new Set(findings.map(({ scope }) => scope.path.join(' › ')));
    expect([...named].sort()).toEqual(Object.keys(CARELESS).sort());
  });

  for (const [test, what] of Object.entries(CARELESS)) {
    it(`says what "${test}" left behind`, () => {
      const [finding] = findings.filter(({ scope }) => scope.path.join(' › ') === test);
      expect(finding?.message).toMatch(what);
    });
  }
});
