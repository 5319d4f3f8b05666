import { describePool } from './pool-fixtures';

const own = 'leak: dispatcher-socket of test "keeps a dispatcher of its own" at';
const shared = 'leak: client of suite at';

const claims = {
  'clean-own': [],
  'clean-process-wide': [],
  'clean-set-global': [],
  'clean-shared': [],
  'clean-web-socket': [],
  'leaks-own-agent': [`${own} leaks-own-agent.ts, opens`],
  'leaks-own-client': [`${own} leaks-own-client.ts, opens`],
  'leaks-own-pool': [`${own} leaks-own-pool.ts, opens`],
  'leaks-pending': ['leak: fetch-request of test "sends a request nobody answers" at leaks-pending.ts, opens'],
  'leaks-shared-agent': [`${shared} leaks-shared-agent.ts, opens`],
  'leaks-shared-client': [`${shared} leaks-shared-client.ts, opens`],
  'leaks-shared-pool': [`${shared} leaks-shared-pool.ts, opens`],
  'leaks-web-socket': ['leak: upgraded-connection of test "keeps a WebSocket" at leaks-web-socket.ts, opens'],
  'leaks-unread': ['leak: fetch-request of test "does not read an answer" at leaks-unread.ts, opens'],
};

describePool('undici 6', 'undici', claims, { alias: 'undici-6' });

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

// undici 8 asks for Node 22.19 itself.
if (major > 22 || (major === 22 && minor >= 19)) describePool('undici 8', 'undici', claims);
