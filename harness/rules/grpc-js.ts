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
];

export default grpcJs;
