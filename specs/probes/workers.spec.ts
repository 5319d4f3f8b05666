import { describeProbe } from './probe-fixtures';

const worker = {
  kind: 'worker',
  says: /^A worker thread \(thread \d+\) was started in this test, but never terminated\.\n.*`await worker\.terminate\(\)`/,
};
const port = {
  kind: 'message-port',
  says: /^A message port was opened in this test, but never closed\.\nClose it with `port\.close\(\)`/,
};
const broadcast = {
  kind: 'broadcast-channel',
  says: /^A broadcast channel was opened in this test, but never closed\.\nClose it with `channel\.close\(\)`/,
};

describeProbe('workers', {
  'leaks-running': worker,
  'leaks-not-asked': worker,
  'leaks-busy': worker,
  'leaks-unref': worker,
  'leaks-streams': worker,
  'leaks-with-port': worker,
  'leaks-message-port': port,
  'leaks-message-port-quiet': port,
  'leaks-message-port-unref': port,
  'leaks-global-message-channel': port,
  'leaks-broadcast': broadcast,
  'leaks-broadcast-unref': broadcast,
});
