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
  'leaks-retry-given-up': {
    kind: 'grpc-call',
    says: /^A gRPC call \/probes\.Talk\/Refuse was ended in this test, yet it left a timeout of [\d,.]+ m?s \(retrying-call\.ts:\d+\)\.\nNo call of yours ends it: the defect is in @grpc\/grpc-js\./,
  },
  'leaks-hedging': call('Hang'),
  'leaks-intercepted': call('Hang'),
  'leaks-client-closed': call('Watch'),
  'leaks-deadline-client-closed': call('Hang'),
});
