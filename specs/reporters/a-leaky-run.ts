import type { Finding } from '../../harness/model/finding';
import type { Frame } from '../../harness/model/frame';
import type { FileReport, RunReport } from '../../harness/model/report';
import type { Thing } from '../../harness/model/resource';
import type { RetainerPath } from '../../harness/model/retainer-path';
import type { TimelineEvent } from '../../harness/model/test-case';
import { aCase, aFile, aFinding, aRun } from './a-report';

const user = (file: string, line: number, fn: string): Frame => ({ file, line, column: 17, fn, origin: 'user' });
const library = (file: string, line: number, fn: string): Frame => ({ file, line, column: 9, fn, origin: 'library' });

const thing = (over: Partial<Thing> & Pick<Thing, 'kind' | 'noun'>): Thing => ({
  label: '',
  facts: {},
  owns: [],
  ...over,
});

const CHANNEL_FILE = 'src/balancer/weighted.test.ts';

const channel = thing({
  kind: 'grpc-channel',
  noun: 'a gRPC channel',
  label: 'to dns:backend.test:50051',
  facts: { calls: 2, state: 'READY' },
  openedAt: user('src/client.ts', 21, 'connect'),
  owns: [
    thing({
      kind: 'grpc-balancer',
      noun: 'a round_robin policy',
      closed: true,
      owns: [
        thing({
          kind: 'grpc-subchannel',
          noun: 'a subchannel',
          detail: 'subchannel #13  127.0.0.1:41873  READY, 2 references',
          owns: [
            thing({ kind: 'socket', noun: 'a socket', label: 'to 127.0.0.1:41873', facts: { bytesWritten: 412 } }),
            thing({ kind: 'timeout', noun: 'a timeout', label: 'of 20 s', facts: { unref: true } }),
          ],
        }),
        thing({ kind: 'grpc-subchannel', noun: 'a subchannel', detail: 'subchannel #14  127.0.0.1:41874  IDLE' }),
      ],
    }),
    thing({ kind: 'timeout', noun: 'a timeout', label: 'of 30 min', openedAt: user('src/keep-alive.ts', 8, 'arm') }),
  ],
});

/** What a test of a client opened: all of it closed in its hooks, but for the channel. */
export const TIMELINE: readonly TimelineEvent[] = [
  { atMs: 0, what: 'hook', kind: 'beforeEach', label: 'beforeEach', forMs: 14 },
  {
    atMs: 2,
    what: 'opened',
    kind: 'tcp-server',
    label: 'a TCP server on 127.0.0.1:41873',
    line: 'src/server.ts:30',
    thing: 1,
  },
  { atMs: 15, what: 'hook', kind: 'test', label: 'test', forMs: 48 },
  {
    atMs: 17,
    what: 'opened',
    kind: 'grpc-channel',
    label: 'a gRPC channel to dns:backend.test:50051',
    line: 'src/client.ts:21',
    thing: 2,
  },
  {
    atMs: 20,
    what: 'opened',
    kind: 'socket',
    label: 'a socket to 127.0.0.1:41873',
    line: 'src/client.ts:21',
    thing: 3,
  },
  { atMs: 24, what: 'opened', kind: 'interval', label: 'an interval of 5 ms', line: 'src/poll.ts:3', thing: 4 },
  { atMs: 51, what: 'closed', kind: 'interval', label: 'an interval of 5 ms', line: 'src/poll.ts:9', thing: 4 },
  { atMs: 30, what: 'opened', kind: 'timeout', label: 'a timeout of 10 ms', thing: 5 },
  { atMs: 64, what: 'hook', kind: 'afterEach', label: 'afterEach', forMs: 12 },
  {
    atMs: 71,
    what: 'closed',
    kind: 'tcp-server',
    label: 'a TCP server on 127.0.0.1:41873',
    line: 'src/server.ts:44',
    thing: 1,
  },
  { atMs: 76, what: 'left', kind: 'grpc-channel', label: 'a gRPC channel to dns:backend.test:50051', thing: 2 },
  { atMs: 76, what: 'left', kind: 'socket', label: 'a socket to 127.0.0.1:41873', thing: 3 },
];

/** What keeps a closed object: a map of a module's, by a key nobody deletes. */
const PATH: RetainerPath = {
  root: { kind: 'module', label: 'module src/protocol.ts' },
  hops: [
    { how: 'variable', name: 'registry', holds: 'Registry', at: user('src/protocol.ts', 12, '') },
    { how: 'private', name: '#invokers', holds: 'Map (100 entries)' },
    { how: 'value', name: "'svc-A:v1'", holds: 'Invoker', suspect: true },
  ],
  below: [
    { how: 'property', name: 'url', holds: 'URL' },
    { how: 'property', name: 'listeners', holds: 'Array (3)' },
  ],
  alike: 100,
  bytes: 44_000,
  totalBytes: 4_400_000,
  fingerprint: 'feedfacecafe',
};

/** The finding of a channel that a test left open, with everything beneath it. */
export function aChannelLeak(test: string): Finding {
  return aFinding({
    scope: { kind: 'test', path: ['weighted balancer', test], file: CHANNEL_FILE },
    root: channel,
    openedAt: user('src/client.ts', 21, 'connect'),
    openedBy: '@grpc/grpc-js',
    trace: [
      library('node_modules/@grpc/grpc-js/build/src/client.js', 94, 'new Client'),
      user('src/client.ts', 21, 'connect'),
      user(CHANNEL_FILE, 40, ''),
    ],
    fingerprint: '3f9a17c0d2be',
    message:
      'A gRPC channel to dns:backend.test:50051 was opened in this test, but never closed.\nClose it with `client.close()` before the test ends, or in `afterEach`.',
  });
}

/** An object that was closed, yet is held. */
function aRetained(): Finding {
  const invoker = thing({ kind: 'tracked-object', noun: 'an `Invoker`', label: '' });
  return {
    ...aFinding({
      kind: 'retained' as Finding['kind'],
      scope: { kind: 'test', path: ['protocol', 'destroys its invokers'], file: 'src/protocol.test.ts' },
      root: invoker,
      count: 100,
      openedAt: user('src/protocol.ts', 31, 'refer'),
      trace: [user('src/protocol.ts', 31, 'refer'), user('src/protocol.test.ts', 12, '')],
      fingerprint: '77b0e1d4a9c2',
      message:
        '100 `Invoker`s, one of them an `Invoker`, were destroyed in this test, yet are still reachable.\nRemove them from the registry where they are destroyed.',
    }),
    ...{ path: PATH },
  };
}

const COSTS: readonly (readonly [file: string, setupMs: number, judgingMs: number, waitedMs: number, ms: number])[] = [
  [CHANNEL_FILE, 9, 640, 600, 2100],
  ['src/protocol.test.ts', 7, 84, 0, 900],
  ['src/metrics/poll.test.ts', 6, 21, 0, 4100],
  ['src/http/agent.test.ts', 8, 212, 180, 1300],
  ['src/registry.test.ts', 6, 3, 0, 250],
  ['src/config.test.ts', 5, 1, 0, 90],
];

/** A run of a small service: a channel, what is retained, a library's defect, something late, something known. */
export function aLeakyRun(): RunReport {
  const channels = ['routes by weight', 'follows a new view', 'drains what is removed'].map(aChannelLeak);
  const poll = aFinding({
    test: 'stops',
    kind: 'late',
    scope: { kind: 'test', path: ['poll', 'stops'], file: 'src/metrics/poll.test.ts', hook: 'afterEach' },
    trace: [user('src/poll.ts', 3, 'poll')],
    message:
      'An interval of 5 s was armed by work of this test that went on after its teardown, and is still there.\nWait for that work, or stop it, before the test ends; then clear it with `clearInterval(interval)` in `afterEach`.',
  });
  const agent = aFinding({
    class: 'library',
    scope: { kind: 'test', path: ['agent', 'reuses sockets'], file: 'src/http/agent.test.ts' },
    root: thing({
      kind: 'http-client',
      noun: 'an HTTP client',
      closed: true,
      owns: [thing({ kind: 'socket', noun: 'a socket', label: 'to [::1]:8443' })],
    }),
    openedBy: 'undici',
    openedAt: user('src/http/agent.ts', 14, 'request'),
    closedAt: user('src/http/agent.ts', 31, 'stop'),
    leftAt: library('node_modules/undici/lib/dispatcher/pool.js', 80, 'connect'),
    trace: [
      library('node_modules/undici/lib/dispatcher/pool.js', 80, 'connect'),
      user('src/http/agent.ts', 14, 'request'),
    ],
    fingerprint: 'bd2200aa9141',
    message:
      'An HTTP client was closed in src/http/agent.ts:31, yet it left a socket to [::1]:8443 (pool.js:80).\nNo call of yours ends it: the defect is in undici. Report it there, and until then allow it with a reason.',
  });
  const findings: Readonly<Record<string, readonly Finding[]>> = {
    [CHANNEL_FILE]: channels,
    'src/protocol.test.ts': [aRetained()],
    'src/metrics/poll.test.ts': [poll],
  };
  const files = COSTS.map(([file, setupMs, judgingMs, waitedMs, durationMs]): FileReport => {
    const found = findings[file] ?? [];
    return aFile({
      file,
      tests: 12,
      findings: found,
      cases: found.map((finding, at) =>
        aCase({
          path: finding.scope.path,
          findings: [at],
          ...(at === 0 && file === CHANNEL_FILE ? { timeline: TIMELINE } : {}),
        }),
      ),
      ...(file === 'src/http/agent.test.ts'
        ? { accepted: [{ finding: agent, by: 'known' as const, reason: 'undici#4100: its pool connects once more' }] }
        : {}),
      cost: { setupMs, judgingMs, waitedMs, recorded: 340, stacks: 55 },
      durationMs,
    });
  });
  return aRun({
    outcome: 'leaks',
    files,
    probes: {
      active: ['grpc/channels', 'sockets', 'timers'],
      failed: [],
    },
    rules: [
      {
        verdict: 'known',
        reason: 'undici#4100: its pool connects once more',
        place: 'leakgate.config.ts:12',
        matched: true,
      },
    ],
    ratchet: [
      {
        what: 'unused-rule',
        place: 'leakgate.config.ts:20',
        message: 'leakgate.config.ts:20  "the old metrics agent" matched nothing in the whole run.',
        red: true,
      },
    ],
    baselines: [
      {
        file: 'leakgate-baseline.jsonl',
        entries: [
          {
            fingerprint: 'bd2200aa9141',
            file: 'src/http/agent.test.ts',
            test: 'agent › keeps alive',
            places: 1,
            kind: 'tcp-socket',
            opens: 'src/http/agent.ts connect',
          },
        ],
      },
    ],
    notes: ['Orphaned processes cannot be looked for on win32.'],
  });
}

/** As many findings as `many`, each of a cause of its own, ten a file. */
export function aRunOf(many: number): RunReport {
  const files = Array.from({ length: Math.ceil(many / 10) }, (_, fileAt) => {
    const file = `packages/area-${fileAt % 40}/src/module-${fileAt}.test.ts`;
    const findings = Array.from({ length: Math.min(10, many - fileAt * 10) }, (__, at): Finding => {
      const number = fileAt * 10 + at;
      const base = number % 3 === 0 ? aChannelLeak(`case ${number}`) : aFinding({ test: `case ${number}` });
      const openedAt = user(`packages/area-${fileAt % 40}/src/part-${number}.ts`, number % 900, 'open');
      return {
        ...base,
        scope: { kind: 'test', path: ['module', `case ${number}`], file },
        openedAt,
        trace: [...base.trace, openedAt],
        fingerprint: number.toString(16).padStart(12, '0'),
      };
    });
    return aFile({
      file,
      tests: 20,
      findings,
      cases: findings.map((finding, at) => aCase({ path: finding.scope.path, findings: [at], timeline: TIMELINE })),
      cost: { setupMs: 5, judgingMs: 10 + (fileAt % 17) * 9, waitedMs: (fileAt % 5) * 8, recorded: 300, stacks: 40 },
      durationMs: 700 + (fileAt % 9) * 90,
    });
  });
  return aRun({ outcome: 'leaks', files });
}
