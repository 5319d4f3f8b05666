import { describeProbe } from './probe-fixtures';

const client = (scheme = 'http') => ({
  kind: 'http2-client-session',
  says: new RegExp(
    `^An HTTP/2 session to ${scheme}://127\\.0\\.0\\.1:\\d+ was opened in this test, but never closed\\.\nClose it with \`session\\.close`,
  ),
});
const stream = (path: string) => ({
  kind: 'http2-stream',
  says: new RegExp(`^An HTTP/2 stream ${path} \\(id \\d+\\) was opened in this test.*\`stream\\.close\\(\\)\``, 's'),
});
/** From Node 24 on a server that closes closes its sessions: what keeps them are their streams. */
const accepted = {
  kind: 'http2-server-session',
  says: /^An accepted HTTP\/2 session (?:was .*\nClose it with `session\.close|closed but .*\nClose its streams with `stream\.close)/,
};

describeProbe('http2', {
  'leaks-client-session': client(),
  'leaks-secure-client-session': client('https'),
  'leaks-unref-session': client(),
  'leaks-session-with-request': client(),
  'leaks-session-closed-with-request': {
    kind: 'http2-client-session',
    says: /closed but waiting for its streams was opened in this test.*\nClose its streams with `stream\.close\(\)`/,
  },
  'leaks-session-after-request': client(),
  'leaks-session-after-ping': client(),
  'leaks-session-after-goaway': client(),
  'leaks-session-of-own-server': client(),
  'leaks-session-to-shared-server': client(),
  'leaks-stream': stream('/hang'),
  'leaks-stream-unread': stream('/drip'),
  'leaks-server-session': accepted,
  'leaks-server-compat': accepted,
});
