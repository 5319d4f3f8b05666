import type { Rule } from '../model/rule';

const FILE = 'build/src/xds-client.js';
const REFERENCE = 'https://github.com/grpc/grpc-node/blob/master/packages/grpc-js-xds/src/xds-client.ts';

/** What `@grpc/grpc-js-xds` keeps by design. */
const grpcJsXds: readonly Rule[] = [
  {
    kind: 'xds-process-client',
    package: '@grpc/grpc-js-xds',
    file: FILE,
    reason:
      'all channels of a process share one xDS client, which keeps one connection to each control plane for the next channel; nothing can close it',
    reference: REFERENCE,
  },
  {
    kind: 'xds-idle-client',
    package: '@grpc/grpc-js-xds',
    file: FILE,
    reason:
      'an xDS client of one channel alone cannot be closed either; without a connection to its control plane it is an idle channel, a few objects that nothing outside knows of',
    reference: REFERENCE,
  },
];

export default grpcJsXds;
