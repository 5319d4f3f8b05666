import type { Probe } from '../../engine/probe';
import type { Lexicon } from '../../model/resource';
import { Wiring } from './wiring/wiring';
import { XdsWires } from './xds/wires';

const client: Lexicon = {
  noun: 'an xDS client',
  plural: 'xDS clients',
  opened: 'made',
  closed: 'disconnected',
  remedy: 'Give the process its bootstrap in `GRPC_XDS_BOOTSTRAP_CONFIG`, so that all channels share one client,',
  pooled: true,
};

/** Watches of `@grpc/grpc-js-xds`, the streams they are subscribed on, and the clients that keep them. */
const xdsWatches: Probe = {
  name: 'xds-watches',
  kinds: {
    'xds-watch': {
      noun: 'an xDS watch',
      plural: 'xDS watches',
      opened: 'started',
      closed: 'cancelled',
      remedy: 'Cancel it with `cancelWatch` of its resource type, by the watcher it was started with,',
      pooled: true,
    },
    'xds-ads-stream': {
      noun: 'an ADS stream',
      plural: 'ADS streams',
      opened: 'opened',
      closed: 'ended',
      remedy: 'End it with `call.end()`',
      pooled: true,
    },
    'xds-lrs-stream': {
      noun: 'an LRS stream',
      plural: 'LRS streams',
      opened: 'opened',
      closed: 'ended',
      remedy: 'End it with `call.end()`',
      pooled: true,
    },
    'xds-client': client,
    'xds-process-client': client,
    'xds-idle-client': client,
  },
  start(recorder, realm) {
    const wiring = Wiring.of(recorder, realm);
    new XdsWires(wiring);
    return { stop: () => wiring.stop() };
  },
};

export default xdsWatches;
