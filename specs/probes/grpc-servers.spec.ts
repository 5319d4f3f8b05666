import { describeProbe } from './probe-fixtures';

const HERE = '127\\.0\\.0\\.1:\\d+';

const left = (label: string, remedy: string) => ({
  kind: 'grpc-server',
  says: new RegExp(`^A gRPC server on ${HERE}${label} was started in this test, but never shut down\\.\n${remedy}`),
});
const SHUT_DOWN = 'Shut it down with `server\\.tryShutdown\\(done\\)` or `server\\.forceShutdown\\(\\)` in the test';

describeProbe('grpc-servers', {
  'leaks-bound': left('', SHUT_DOWN),
  'leaks-connected': left('', SHUT_DOWN),
  'leaks-with-client': left('', SHUT_DOWN),
  'leaks-shutdown-waits-for-call': left(
    ', whose `tryShutdown` waits for 1 connection with 1 call in flight,',
    'End those calls and close those clients first, or cut them off with `server\\.forceShutdown\\(\\)`',
  ),
  'leaks-left-by-force': left(', of which `forceShutdown` left 1 connection,', 'Close those from their other end'),
});
