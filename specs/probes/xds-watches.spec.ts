import { join } from 'node:path';
import { describeProbe } from './probe-fixtures';

const folder = join(__dirname, '../../fixtures/probes/xds-watches');
const LEFT = /^A gRPC client channel to xds:\/\/\/shop was closed in .+, yet its /;

describeProbe(
  'xds-watches',
  {
    'leaks-open-channel': { kind: 'grpc-channel', says: /^A gRPC client channel to xds:\/\/\/shop was opened in this/ },
    'leaks-unresolved': { kind: 'grpc-channel', says: /^A gRPC client channel to xds:\/\/\/nobody was opened in this/ },
    'leaks-own-watch': {
      kind: 'xds-watch',
      says: /^An xDS watch of CDS "shop-cluster" was started in this test, but never cancelled\./,
      tree: [],
    },
    'leaks-lost-watch': {
      kind: 'grpc-channel',
      says: new RegExp(`${LEFT.source}.+ left an xDS watch of EDS "shop-endpo`),
    },
    'leaks-lost-stream': { kind: 'grpc-channel', says: new RegExp(`${LEFT.source}.+ left an ADS stream to 127`) },
    'leaks-queued-stream': {
      kind: 'grpc-channel',
      says: new RegExp(`${LEFT.source}.+ left an ADS stream to 127`),
    },
    'leaks-released-stream': {
      kind: 'grpc-channel',
      says: /^A gRPC client channel to xds:\/\/\/shop was opened in this/,
    },
    'leaks-load-stream': {
      kind: 'grpc-channel',
      says: /^A gRPC client channel to xds:\/\/\/shop-2 was closed in .+, yet its xds_cluster_impl policy left an LRS stream to 127\S+ \(xds-client\.ts:\d+\)\.\nNo call of yours ends it: the defect is in @grpc\/grpc-js-xds\./,
    },
    'leaks-open-load': {
      kind: 'grpc-channel',
      says: /^A gRPC client channel to xds:\/\/\/shop-2 was opened in this test, but never closed\./,
    },
    'leaks-server': {
      kind: 'grpc-server',
      says: /^A gRPC server on 127\.0\.0\.1:\d+ was started in this test, but never shut down\.\nShut it down with/,
    },
    'leaks-server-watch': {
      kind: 'grpc-server',
      says: /^A gRPC server on 127\.0\.0\.1:\d+ was shut down in leaks-server-watch\.ts:30, yet its xDS watch of LDS "server\/127\.0\.0\.1:\d+" left an xDS watch of RDS "served-routes" \(route-config-resource-type\.ts:\d+\)\.\nNo call of yours ends it: the defect is in @grpc\/grpc-js-xds\./,
    },
    'leaks-own-bootstrap': {
      kind: 'grpc-channel',
      says: /^A gRPC client channel to xds:\/\/\/shop was closed in leaks-own-bootstrap\.ts:15, yet its name resolver of xds:shop left an xDS client \(resolver-xds\.ts:\d+\)\.\nNo call of yours ends it: the defect is in @grpc\/grpc-js-xds\./,
    },
  },
  {
    globalSetup: join(folder, 'start-control-plane.ts'),
    globalTeardown: join(folder, 'stop-control-plane.ts'),
  },
);
