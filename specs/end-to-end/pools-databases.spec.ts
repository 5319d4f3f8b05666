import { describePool } from './pool-fixtures';

describePool('pg', 'pg', {
  'clean-own': [],
  'clean-same-file': [],
  'clean-shared': [],
  'leaks-own-client': ['leak: tcp-socket of test "keeps a client of its own" at leaks-own-client.ts, opens'],
  'leaks-own-pool': ['leak: tcp-socket of test "keeps a pool of its own" at leaks-own-pool.ts, opens'],
  'leaks-shared-client': ['leak: tcp-socket of suite at leaks-shared-client.ts, opens'],
  'leaks-shared-pool': ['leak: client of suite at leaks-shared-pool.ts, opens'],
});

describePool('ioredis', 'ioredis', {
  'clean-own': [],
  'clean-own-refused': [],
  'clean-same-file': [],
  'clean-shared': [],
  'leaks-own': ['leak: tcp-socket of test "keeps a client of its own" at leaks-own.ts, opens'],
  'leaks-own-refused': [
    'late: timeout of test "lets its client try again, and again in a minute" at leaks-own-refused.ts, opens',
  ],
  'leaks-shared-eager': ['leak: tcp-socket of suite at leaks-shared-eager.ts, opens'],
  'leaks-shared-lazy': ['leak: client of suite at leaks-shared-lazy.ts, opens'],
});

describePool('mysql2', 'mysql', {
  'clean-own': [],
  'clean-shared': [],
  'leaks-own': ['leak: tcp-socket of test "keeps a connection of its own" at leaks-own.ts, opens'],
  'leaks-shared': ['leak: client of suite at leaks-shared.ts, opens'],
});
