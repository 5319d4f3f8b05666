import type { Rule } from '../model/rule';

/** What `@grpc/grpc-js` keeps by design. */
const grpcJs: readonly Rule[] = [
  {
    kind: 'interval',
    package: '@grpc/grpc-js',
    file: 'build/src/subchannel-pool.js',
    reason:
      'the global subchannel pool looks every 10 s for subchannels nobody refers to any more; it stops by itself when none is left',
    reference: 'https://github.com/grpc/grpc-node/blob/master/packages/grpc-js/src/subchannel-pool.ts',
  },
  {
    kind: 'timeout',
    package: '@grpc/grpc-js',
    file: 'build/src/backoff-timeout.js',
    through: 'build/src/resolver-dns.js',
    reason:
      "a resolver pauses after it has looked a name up, 1 s at first and unref'd; a channel ends the pause when it is closed, and for the resolver that found a server of 1.8 the address to bind it runs out with nothing to do",
    reference: 'https://github.com/grpc/grpc-node/blob/%40grpc/grpc-js%401.8.x/packages/grpc-js/src/resolver-dns.ts',
  },
  {
    kind: 'timeout',
    package: '@grpc/grpc-js',
    file: 'build/src/backoff-timeout.js',
    through: 'build/src/resolving-load-balancer.js',
    reason:
      "a channel pauses before it asks its resolver again, 1 s at first and unref'd; up to 1.8 the pause outlives the channel, and runs out with nothing to do",
    reference:
      'https://github.com/grpc/grpc-node/blob/%40grpc/grpc-js%401.8.x/packages/grpc-js/src/resolving-load-balancer.ts',
  },
];

export default grpcJs;
