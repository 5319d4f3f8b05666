import { describeProbe } from './probe-fixtures';

const HERE = '127\\.0\\.0\\.1:\\d+';

const left = (label: string, remedy: string, tree: readonly RegExp[] | undefined = undefined) => ({
  kind: 'grpc-server',
  ...(tree === undefined ? {} : { tree }),
  says: new RegExp(`^A gRPC server on ${HERE}${label} was started in this test, but never shut down\\.\n${remedy}`),
});
const SHUT_DOWN = 'Shut it down with `server\\.tryShutdown\\(done\\)` or `server\\.forceShutdown\\(\\)` in the test';

/** What a shutdown waits for: its connection, and the call whose handler has not done its part. */
const waits = (call: RegExp): readonly RegExp[] => [/^an accepted connection/, /^an accepted HTTP\/2 session/, call];

const goesOn = (what: string, call: string) => ({
  kind: what.split(' ')[1] ?? '',
  says: new RegExp(`^${what} of 2 ms was armed in this test, but never cleared\\.\nClear it with \`${call}`),
});

describeProbe('grpc-servers', {
  'leaks-bound': left('', SHUT_DOWN),
  'leaks-connected': left('', SHUT_DOWN),
  'leaks-with-client': left('', SHUT_DOWN),
  'leaks-shutdown-waits-for-call': left(
    ', whose `tryShutdown` waits for 1 connection with 1 call in flight,',
    'End those calls and close those clients first, or cut them off with `server\\.forceShutdown\\(\\)`',
    waits(/^call \/probes\.Echo\/Watch {2}its handler has not ended it$/),
  ),
  'leaks-shutdown-waits-for-answer': left(
    ', whose `tryShutdown` waits for 1 connection with 1 call in flight,',
    'End those calls and close those clients first, or cut them off with `server\\.forceShutdown\\(\\)`',
    waits(/^call \/probes\.Echo\/Hang {2}its handler has not answered it$/),
  ),
  'leaks-handler-interval': goesOn('An interval', 'clearInterval'),
  'leaks-handler-loop': goesOn('A timeout', 'clearTimeout'),
  'leaks-left-by-force': left(', of which `forceShutdown` left 1 connection,', 'Close those from their other end'),
});
