import { describePool } from './pool-fixtures';

describePool('a client of the user that connects lazily', 'own-client', {
  'clean-own': [],
  'clean-shared': [],
  'leaks-own': ['leak: tcp-socket of test "keeps a client of its own" at client.ts, opens'],
  'leaks-shared': ['leak: tcp-socket of suite at client.ts, opens'],
});

describePool('a memoised helper of the user', 'own-memo', {
  'clean-own': [],
  'clean-shared': [],
  'leaks-shared': ['leak: http-server of file at get-server.ts, opens'],
});

describePool('ws', 'ws', {
  'clean-own': [],
  'clean-same-file': [],
  'clean-shared': [],
  'leaks-own': ['leak: tcp-socket of test "keeps a socket of its own" at leaks-own.ts, opens'],
  'leaks-shared': ['leak: tcp-socket of suite at leaks-shared.ts, opens'],
});

describePool('@grpc/grpc-js', 'grpc', {
  'clean-own': [],
  'clean-same-file': [],
  'clean-shared': [],
  'leaks-own': ['leak: grpc-channel of test "keeps a client of its own" at leaks-own.ts, makes'],
  'leaks-shared': ['leak: grpc-channel of suite at leaks-shared.ts, makes'],
});
