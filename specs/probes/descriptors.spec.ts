import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '../../harness/model/finding';
import { IN_ORDER } from '../end-to-end/in-order';
import { type JestRun, runJest } from '../end-to-end/jest-project';

const ROOT = resolve(__dirname, '../..');
const FOLDER = join(ROOT, 'fixtures/probes/descriptors');

/** Runs `code` as one file's accounts in a process of its own, without a runner: the audit's findings, as kind and message. */
function audited(code: string): readonly [string, string][] {
  const script = `
    const binding = process.binding('fs');
    const { Session } = require(${JSON.stringify(join(ROOT, 'dist/engine/session.js'))});
    const probes = ['files', 'descriptors', 'processes'].map((name) =>
      require(${JSON.stringify(join(ROOT, 'dist/probes'))} + '/' + name + '.js').default);
    const session = new Session({
      file: '/project/a.test.js', rootDir: '/project', realm: { global: globalThis, loaded: () => [] },
      classifier: { origin: (file) => (file.startsWith('node:') ? 'node' : 'user'), isImport: () => false, isPluginCall: () => false },
      probes, rules: [], graceMs: 50, everyStack: false, collectEachTest: false, cleanUp: true, exceptions: { rules: [], baseline: { entries: [], titles: () => new Set() } },
    });
    session.start();
    session.loaded();
    (async () => {
      ${code}
      const rulings = await session.finish();
      console.log(JSON.stringify(rulings.map(({ finding }) => [finding.root.kind, finding.message])));
      process.exit();
    })();`;
  const folder = mkdtempSync(join(tmpdir(), 'leakgate-'));
  const path = join(folder, 'stdout');
  const stdout = openSync(path, 'w');
  try {
    execFileSync(process.execPath, ['--no-deprecation', '-e', script], { stdio: ['pipe', stdout, 'inherit'] });
    return JSON.parse(readFileSync(path, 'utf8')) as [string, string][];
  } finally {
    closeSync(stdout);
    rmSync(folder, { recursive: true });
  }
}

describe('the kernel’s own count', () => {
  let run: JestRun;
  const findingsOf = (name: string): readonly Finding[] =>
    run.reports.find((report) => basename(report.file, '.ts') === name)?.findings ?? [];

  beforeAll(async () => {
    run = await runJest({
      rootDir: FOLDER,
      config: { testMatch: ['<rootDir>/{leaks,clean}-*.ts'], testTimeout: 20_000 },
      args: ['--runInBand'],
    });
  }, 120_000);

  it('judges every fixture, in one process', () => {
    expect(run.unfinished).toEqual([]);
    expect(run.reports.length).toBe(10);
    expect(new Set(run.reports.map(({ pid }) => pid)).size).toBe(1);
  });

  it.each([
    ['leaks-native', 'leaks-native.ts'],
    ['leaks-transferred', 'leaks-transferred.ts'],
  ])('finds what nobody saw being opened, once, in the file that left it: %s', (name, path) => {
    expect(findingsOf(name).map((finding) => [finding.kind, finding.scope.kind, finding.root.kind])).toEqual([
      ['leak', 'file', 'descriptor'],
    ]);
    expect(findingsOf(name)[0]?.message.replace(/fd \d+/, 'fd N')).toBe(
      `A descriptor of ${path} (fd N; nobody saw it being opened) was opened in this file, but never closed.\nClose it, or whatever it was opened for, in an \`afterAll\` at the top of the file.`,
    );
    expect(findingsOf(name)[0]?.owner).toBe('none');
    // There is no stack of it that any level could capture.
    expect(run.output).not.toContain('Its opening line is not known');
  });

  it.each([
    ['leaks-dns-query', 'dns-query'],
    ['leaks-worker', 'worker'],
  ])('says nothing of descriptors that belong to what was reported: %s', (name, kind) => {
    expect(findingsOf(name).map((finding) => finding.root.kind)).toEqual([kind]);
  });

  it.each(['clean-native', 'clean-transferred', 'clean-dns-query', 'clean-worker', 'clean-loop', 'clean-known'])(
    'finds nothing in %s, whatever earlier files have left open',
    (name) => {
      expect(findingsOf(name)).toEqual([]);
      expect(
        [...run.tests.values()].filter(({ file, status }) => file === `${name}.ts` && status !== 'passed'),
      ).toEqual([]);
    },
  );

  it('names a socket by its addresses', () => {
    const [[kind, message] = []] = audited(`
      const { TCP, constants } = process.binding('tcp_wrap');
      const server = new TCP(constants.SERVER);
      server.bind('127.0.0.1', 0);
      server.listen(1);
      globalThis.kept = server;`);
    expect(kind).toBe('descriptor');
    expect(message).toMatch(/^A descriptor of a TCP socket 127\.0\.0\.1:\d+ \(fd \d+; /);
  });

  it('does not repeat what was reported and cannot be released', () => {
    expect(audited(`require('node:fs').openSync(process.execPath);`).map(([kind]) => kind)).toEqual([
      'file-descriptor',
    ]);
  });

  it('leaves out the pipe by which libuv tells a loop of signals', () => {
    // Module hooks run on a thread of Node's own, with a loop of its own, for as long as the process lives.
    expect(audited(`require('node:module').register('data:text/javascript,export {}');`)).toEqual([]);
  });

  it('leaves out what libuv holds in reserve for the day when there are no descriptors left', () => {
    expect(
      audited(`
      const server = require('node:net').createServer().listen(0);
      await new Promise((done) => server.once('listening', done));
      await new Promise((done) => server.close(done));`),
    ).toEqual([]);
  });

  it('leaves out what is where the process’s own output goes', () => {
    expect(audited(`globalThis.kept = binding.open('/proc/self/fd/1', 1, 0o666);`)).toEqual([]);
  });
});

describe('a file handle that only a collection of the harness’s own closes', () => {
  it('is laid to the file that left it, and not to the one that runs by then', async () => {
    const { reports, output } = await runJest({
      files: {
        'a.test.js': `
          const { once } = require('events');
          const { open } = require('fs/promises');
          // Until the file is over, and by then out of reach of a minor collection of V8's own.
          const kept = [];
          test('receives a file handle and keeps it', async () => {
            const { port1, port2 } = new MessageChannel();
            const sent = await open(__filename);
            port1.postMessage(sent, [sent]);
            kept.push(await once(port2, 'message'));
            port1.close();
            await once(port2, 'close');
          });`,
        'b.test.js': `
          const { once } = require('events');
          let server;
          afterEach(() => { server = undefined; });
          test('closes what is watched from then on', async () => {
            server = require('net').createServer().listen(0);
            await once(server, 'listening');
            await new Promise((done) => server.close(done));
          });`,
        'in-order.js': IN_ORDER,
      },
      config: { testSequencer: './in-order.js' },
      args: ['--runInBand'],
    });
    expect(reports.map(({ file, findings }) => [basename(file), findings.map(({ root }) => root.kind)])).toEqual([
      ['a.test.js', ['descriptor']],
      ['b.test.js', []],
    ]);
    expect(output).not.toContain('is now considered an error');
  }, 60_000);
});
