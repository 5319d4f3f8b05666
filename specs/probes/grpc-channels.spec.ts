import { describeProbe } from './probe-fixtures';

const channel = (where = 'in this test', closes = 'client', target = '127\\.0\\.0\\.1:\\d+') => ({
  kind: 'grpc-channel',
  says: new RegExp(
    `^A gRPC client channel to ${target} was opened ${where}, but never closed\\.\nClose it with \`${closes}\\.close\\(\\)\` in `,
  ),
});

const cameBack = {
  kind: 'grpc-channel',
  says: /^A gRPC client channel to \S+ was closed in leaks-closed-in-one-tick\.ts:\d+, yet it left a pick_first policy.*\nNo call of yours ends it: the defect is in @grpc\/grpc-js\./,
};

describeProbe('grpc-channels', {
  'leaks-closed-in-one-tick': cameBack,
  'leaks-never-used': channel(),
  'leaks-at-import': channel('while this file was loading'),
  'leaks-used': channel(),
  'leaks-channelz-disabled': channel(),
  'leaks-round-robin': channel(),
  'leaks-local-pool': channel(),
  'leaks-in-a-callback': channel(),
  'leaks-in-a-handler': channel(),
  'leaks-one-of-two': channel(),
  'leaks-backoff': channel(),
  'leaks-waiting': channel(),
  'leaks-raw-channel': channel('in this test', 'channel'),
  'leaks-connecting': channel(),
  'leaks-in-before-each': channel('in the `beforeEach` of this test'),
  'leaks-two-subchannels': channel(),
});
