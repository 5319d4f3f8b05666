import { describeProbe } from './probe-fixtures';

const call = (method: string) => ({
  kind: 'grpc-call',
  says: new RegExp(
    `^A gRPC call /probes\\.Talk/${method} was started in this test, but never ended\\.\nWait for its end, or cancel it with \`call\\.cancel\\(\\)\`, in the test`,
  ),
});

describeProbe('grpc-calls', {
  'leaks-unary': call('Hang'),
  'leaks-client-stream': call('Upload'),
  'leaks-server-stream': call('Watch'),
  'leaks-bidi': call('Talk'),
  'leaks-deadline': call('Hang'),
  'leaks-retry': call('Refuse'),
  'leaks-hedging': call('Hang'),
  'leaks-client-closed': call('Watch'),
  'leaks-deadline-client-closed': call('Hang'),
});
