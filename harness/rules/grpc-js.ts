import type { Rule } from '../model/rule';

/** What `@grpc/grpc-js` keeps by design. */
const grpcJs: readonly Rule[] = [
  {
    kind: 'interval',
    package: '@grpc/grpc-js',
    file: 'build/src/subchannel-pool.js',
    reason:
      "the global subchannel pool looks every 10 s for subchannels nobody refers to any more; it is unref'd, and stops by itself when none is left",
    reference: 'https://github.com/grpc/grpc-node/blob/master/packages/grpc-js/src/subchannel-pool.ts',
  },
  {
    kind: 'timeout',
    package: '@grpc/grpc-js',
    file: 'build/src/server.js',
    fn: 'drain',
    reason:
      "connections that are drained are given a time of grace, at whose end those still open are cut: it is unref'd, fires once, and does nothing where none is left",
    reference: 'https://github.com/grpc/grpc-node/blob/master/packages/grpc-js/src/server.ts',
  },
  {
    kind: 'growth',
    package: '@grpc/grpc-js',
    file: 'build/src/channelz.js',
    fn: 'events',
    reason:
      'what happened last to a channel, a subchannel or a server is traced for channelz: of 64 events the older half is dropped',
    reference: 'https://github.com/grpc/grpc-node/blob/master/packages/grpc-js/src/channelz.ts',
  },
];

export default grpcJs;
