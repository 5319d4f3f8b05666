import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Finding } from '../../harness/model/finding';
import type { FileReport, RunReport } from '../../harness/model/report';
import { aCase, aFile, aFinding, aRun } from '../reporters/a-report';

/** What the shards of a large run look like: 100,000 tests in 200 of them, one test in 20 leaks. */
const SHARDS = 200;
const FILES = 25;
const TESTS = 20;
const ONE_LEAKS_IN = 20;
/** For rendering. */
const FINDINGS = 5_000;

const CLI = resolve(__dirname, '../../dist/cli/main.js');

/** Loaded first by the process that is measured: at its end it says how much memory it had, in kilobytes. */
const TELLS_MEMORY = `data:text/javascript,process.on('exit',()=>process.stderr.write('resident '+process.resourceUsage().maxRSS))`;

function finding(file: string, nth: number): Finding {
  const frame = (at: number) => ({
    file: at < 2 ? `src/services/area-${nth % 50}/client-${nth}.ts` : `node_modules/library-${at}/dist/index.js`,
    line: nth + at + 1,
    column: 7,
    fn: `connect${at}`,
    origin: at < 2 ? ('user' as const) : ('library' as const),
  });
  const owned = [1, 2, 3].map((at) => ({
    kind: 'socket',
    noun: 'a socket',
    label: `to 10.0.0.${at}:443`,
    facts: { at },
    owns: [],
  }));
  return aFinding({
    scope: { kind: 'test', path: ['Suite of clients', `test number ${nth} closes what it opens`], file },
    fingerprint: nth.toString(16).padStart(12, '0'),
    root: { kind: 'tcp-server', noun: 'a TCP server', label: `on 127.0.0.1:${nth}`, facts: { port: nth }, owns: owned },
    message: `A TCP server on 127.0.0.1:${nth} was opened in this test, but never closed.\nClose it with \`server.close()\`.`,
    openedAt: frame(0),
    trace: Array.from({ length: 10 }, (_, at) => frame(at)),
  });
}

function file(name: string, tests: number, oneLeaksIn: number): FileReport {
  const leaking = Array.from({ length: tests }, (_, at) => at).filter((at) => at % oneLeaksIn === 0);
  return aFile({
    file: name,
    tests,
    probes: Array.from({ length: 35 }, (_, at) => `probe-${at}`),
    cases: Array.from({ length: tests }, (_, at) =>
      aCase({
        path: ['Suite of clients', `test number ${at} closes what it opens`],
        ...(at % oneLeaksIn === 0 ? { findings: [at / oneLeaksIn] } : {}),
      }),
    ),
    findings: leaking.map((at) => finding(name, at)),
  });
}

function shard(index: number): RunReport {
  const files = Array.from({ length: FILES }, (_, at) =>
    file(`src/area-${index}/file-${at}.test.ts`, TESTS, ONE_LEAKS_IN),
  );
  const run = aRun({ outcome: 'leaks', files });
  return { ...run, run: { ...run.run, shard: { index, count: SHARDS } } };
}

function say(what: string, ms: number, more: string): void {
  process.stdout.write(`${what.padEnd(34)}${(ms / 1000).toFixed(2).padStart(8)} s  ${more}\n`);
}

const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;

/** Measures what reports cost: putting a large run together, in a process of its own, and rendering one with many findings. */
function measure(folder: string): void {
  const places = Array.from({ length: SHARDS }, (_, at) => {
    mkdirSync(join(folder, `shard-${at + 1}`));
    writeFileSync(join(folder, `shard-${at + 1}`, 'report.json'), JSON.stringify(shard(at + 1), null, 2));
    return `shard-${at + 1}/report.json`;
  });
  const before = performance.now();
  const args = [
    '--import',
    TELLS_MEMORY,
    CLI,
    'report',
    'merge',
    ...places,
    '--report',
    'whole.json',
    '--junit',
    'whole.xml',
  ];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1024 ** 3 });
  const ms = performance.now() - before;
  const [, kilobytes = '0'] = /resident (\d+)/.exec(stderr) ?? [];
  const size = megabytes(statSync(join(folder, 'whole.json')).size);
  const memory = kilobytes === '0' ? 'memory unknown' : megabytes(Number(kilobytes) * 1024);
  say(
    `merge ${SHARDS} shards, ${SHARDS * FILES * TESTS} tests`,
    ms,
    `${memory} resident, exit ${status}, ${size} of JSON`,
  );
  const many = aRun({ outcome: 'leaks', files: [file('src/many.test.ts', FINDINGS, 1)] });
  const { reporters } = require('../../dist/cli/outputs') as typeof import('../../harness/cli/outputs');
  for (const reporter of reporters()) {
    const start = performance.now();
    const text = reporter.render(many, { colors: false, base: '' });
    say(`render ${FINDINGS} findings as ${reporter.name}`, performance.now() - start, megabytes(text.length));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'leakgate-bench-reports-'));
try {
  measure(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
