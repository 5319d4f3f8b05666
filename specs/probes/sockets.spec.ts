import { join } from 'node:path';
import { describeProbe } from './probe-fixtures';

const FIXTURES = join(__dirname, '../../fixtures/probes/sockets');
const HERE = '127\\.0\\.0\\.1:\\d+';

const leak = (kind: string, what: string, remedy: string) => ({
  kind,
  says: new RegExp(
    `^${what} was (?:opened|sent) in this test, but never (?:closed|finished)\\.\n.*${remedy}.* in the test`,
  ),
});
const server = (kind: string, noun: string, at = HERE) => leak(kind, `${noun} on ${at}`, 'server\\.close\\(done\\)');
const client = (kind: string, noun: string, ends = `${HERE} -> ${HERE}`) =>
  leak(kind, `${noun} ${ends}`, 'socket\\.destroy\\(\\)');
const accepted = (suffix = '') =>
  leak('accepted-socket', `An accepted connection ${HERE} <- ${HERE}${suffix}`, 'socket\\.destroy\\(\\)');
const request = (what: string) =>
  leak('http-request', `An HTTP request ${what.replace('PEER', `http://${HERE}`)}`, 'request\\.destroy\\(\\)');
const agent = leak(
  'agent-socket',
  `An idle connection of a keep-alive agent ${HERE} -> ${HERE}(?: \\(unref'd\\))?`,
  'agent\\.destroy\\(\\)',
);

describeProbe(
  'sockets',
  {
    'leaks-tcp-server': server('tcp-server', 'A TCP server'),
    'leaks-tcp-server-unref': server('tcp-server', 'A TCP server'),
    'leaks-tcp-server-on-ip6': server('tcp-server', 'A TCP server', '\\[::1\\]:\\d+'),
    'leaks-tcp-server-by-name': server('tcp-server', 'A TCP server', '.*:\\d+'),
    'leaks-http-server': server('http-server', 'An HTTP server'),
    'leaks-https-server': server('https-server', 'An HTTPS server'),
    'leaks-tls-server': server('tls-server', 'A TLS server'),
    'leaks-http2-server': server('http2-server', 'An HTTP/2 server'),
    'leaks-http2-secure-server': server('http2-server', 'An HTTP/2 server'),
    'leaks-unix-server': server('unix-server', 'A unix socket server', '/.*\\.sock'),
    'leaks-server-of-each-test': {
      kind: 'http-server',
      says: /^An HTTP server on .* was opened in the `beforeEach` of this test.*in an `afterEach`\.$/s,
    },
    'leaks-server-of-the-file': {
      kind: 'http-server',
      says: /^An HTTP server on .* was opened in the `beforeAll` of this file.*in the suite's `afterAll`\.$/s,
    },
    'leaks-server-with-connection': server('tcp-server', 'A TCP server'),
    'leaks-udp-bound': leak('udp-socket', `A UDP socket on ${HERE}`, 'socket\\.close\\(\\)'),
    'leaks-udp-connected': leak('udp-socket', `A UDP socket on ${HERE}`, 'socket\\.close\\(\\)'),
    'leaks-udp-unref': leak('udp-socket', 'A UDP socket on 0\\.0\\.0\\.0:\\d+', 'socket\\.close\\(\\)'),
    'leaks-tcp-client': client('tcp-socket', 'A TCP connection'),
    'leaks-tcp-client-unref': client('tcp-socket', 'A TCP connection', `${HERE} -> ${HERE} \\(unref'd\\)`),
    'leaks-tcp-client-by-name': client('tcp-socket', 'A TCP connection'),
    'leaks-client-of-all-addresses': client('tcp-socket', 'A TCP connection'),
    'leaks-tcp-paused': client('tcp-socket', 'A TCP connection'),
    'leaks-tcp-half-open': client('tcp-socket', 'A TCP connection'),
    'leaks-tcp-connecting': client('tcp-socket', 'A TCP connection', `from ${HERE} \\(still connecting\\)`),
    'leaks-unix-client': client('unix-socket', 'A unix socket connection', 'to /.*\\.sock'),
    // The descriptor that it was made of goes with it.
    'leaks-fifo': {
      ...leak('unnamed-pipe', 'A pipe', 'socket\\.destroy\\(\\)'),
      tree: [/^a file descriptor on .*pipe \(fd \d+\)$/],
    },
    'leaks-tls-client': client('tls-socket', 'A TLS connection'),
    'leaks-tls-client-unref': client('tls-socket', 'A TLS connection', `${HERE} -> ${HERE} \\(unref'd\\)`),
    'leaks-tls-over-socket': client('tls-socket', 'A TLS connection'),
    'leaks-tls-over-pair': {
      kind: 'tls-socket',
      says: /^A TLS connection was opened in this test, but never closed\./,
      tree: [/^a TLS connection/],
    },
    'leaks-accepted-connection': accepted(),
    'leaks-accepted-unref': accepted(" \\(unref'd\\)"),
    'leaks-http-accepted': accepted(),
    'leaks-tls-accepted': accepted(),
    'leaks-http-agent': agent,
    'leaks-https-agent': agent,
    'leaks-http-pending-request': request('GET PEER/hang'),
    'leaks-http-unread-body': request('GET PEER/drip'),
    'leaks-http-unread-whole-body': request('GET PEER/'),
    'leaks-http-unfinished-upload': request('POST PEER/hang'),
    'leaks-fetch-of-own-server': {
      kind: 'fetch-request',
      says: /^An HTTP request GET http:.*\/hang was sent in this test, but never finished\./,
    },
    'leaks-http-upgraded': client('tcp-socket', 'A TCP connection'),
  },
  { globalSetup: join(FIXTURES, 'shared-peer.js'), globalTeardown: join(FIXTURES, 'shared-peer-stop.js') },
);
