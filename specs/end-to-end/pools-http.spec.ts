import { describePool } from './pool-fixtures';

const hasWebSocket = typeof WebSocket !== 'undefined';

const agent = {
  'clean-own': [],
  'clean-process-wide': [],
  'clean-shared': [],
  'leaks-own': ['leak: agent-socket of test "keeps an agent of its own" at leaks-own.ts, opens'],
  'leaks-pending': ['leak: http-request of test "sends a request nobody answers" at leaks-pending.ts, opens'],
  'leaks-shared': ['leak: client of suite at leaks-shared.ts, opens'],
  'leaks-unread': ['leak: http-request of test "does not read an answer" at leaks-unread.ts, opens'],
};

describePool('http.Agent', 'http-agent', {
  ...agent,
  'clean-own-to-own-server': [],
  'clean-shared-assigned-in-a-test': [],
  'leaks-own-to-own-server': [
    'leak: agent-socket of test "keeps an agent of its own" at leaks-own-to-own-server.ts, opens',
  ],
});
describePool('https.Agent', 'https-agent', agent);
describePool("Node's fetch", 'fetch', {
  'clean-many-origins': [],
  'clean-process-wide': [],
  'leaks-after-abort': [
    'leak: fetch-request of test "sends one over the connection that takes its place" at leaks-after-abort.ts, opens',
    'leak: fetch-request of test "does not read the answer of another" at leaks-after-abort.ts, opens',
  ],
  'leaks-pending': ['leak: fetch-request of test "sends a request nobody answers" at leaks-pending.ts, opens'],
  'leaks-unread': ['leak: fetch-request of test "does not read an answer" at leaks-unread.ts, opens'],
  'clean-web-socket': [],
  'leaks-web-socket': hasWebSocket
    ? ['leak: upgraded-connection of test "keeps a WebSocket" at leaks-web-socket.ts, opens']
    : [],
});
