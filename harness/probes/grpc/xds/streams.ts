import type { Identity, Watch } from '../../../engine/probe';
import { type CallState, type ServerClient, shortName } from './shape';

/** One stream to a control plane. The record holds none of the library's objects. */
export interface StreamRecord {
  readonly protocol: 'ADS' | 'LRS';
  readonly server: WeakRef<ServerClient>;
  readonly state: WeakRef<CallState>;
  readonly call: WeakRef<CallState['call']>;
  /** The `XdsClient` whose stream it is. */
  readonly client: WeakRef<object>;
  /** The client is the one that all channels of the process share. */
  readonly ofProcess: boolean;
}

/** The client has ended its side, or has heard the status: what is left is up to the control plane. */
const isOver = ({ call }: StreamRecord): boolean => {
  const stream = call.deref();
  return stream === undefined || stream.writableEnded || stream.readableEnded || stream.destroyed;
};

/**
 * Whether the client still goes by it: by the one stream it has subscribed on, and by load reports as long as there is load, and a
 * channel that anything is watched for. Up to 1.14.1 no policy takes its load back when it is destroyed, so by load alone it would be for ever.
 */
function isInUse({ server, state, protocol }: StreamRecord): boolean {
  const at = server.deref();
  const it = state.deref();
  if (at === undefined || it === undefined) return false;
  if (protocol === 'ADS') return at.adsCallState === it;
  return at.lrsCallState === it && at.clusterStatsMap?.size !== 0 && at.refcount !== 0;
}

function subscriptions(state: CallState | undefined): string {
  const names: string[] = [];
  for (const [type, { subscribedResources }] of state?.typeStates ?? []) {
    for (const keys of subscribedResources.values()) {
      for (const key of keys.keys()) names.push(`${shortName(type)} ${key}`);
    }
  }
  return names.length === 0 ? '' : `  subscribed to ${names.join(', ')}`;
}

/** Streams of ADS and LRS. The one in use is part of its client; one the client has lost sight of stays until the control plane ends it. */
export const streamWatch: Watch = {
  state: (resource) => (isOver(resource as StreamRecord) ? 'released' : 'open'),
  identify(resource): Identity | undefined {
    const record = resource as StreamRecord;
    const { protocol } = record;
    const server = record.server.deref();
    const call = record.call.deref();
    const client = record.client.deref();
    const to = server?.xdsServerConfig?.server_uri ?? 'its control plane';
    const named = {
      kind: protocol === 'ADS' ? 'xds-ads-stream' : 'xds-lrs-stream',
      subject: record,
      label: `to ${to}`,
      detail: `${protocol} stream  ${to}${subscriptions(record.state.deref())}`,
      made: true,
    };
    const owners = client === undefined ? [] : [client];
    if (protocol === 'LRS') {
      return {
        ...named,
        // Whose policy had load to report started it; others' load goes the same way.
        ...(isInUse(record) ? { sharedBy: owners } : {}),
        // Its client hears of its end, and starts another one if there is more to report. It stays for whoever still uses it.
        release() {
          if (!isInUse(record)) call?.cancel();
        },
      };
    }
    if (isInUse(record)) {
      // Of the process's client it is no more than a part, and the client is judged by itself.
      return record.ofProcess ? undefined : { ...named, parents: owners };
    }
    return {
      ...named,
      // The client has lost sight of it, so nobody will ever end it.
      stranded: true,
      // Its end would be taken for the end of the stream in use.
      release() {
        call?.removeAllListeners('status');
        call?.cancel();
      },
    };
  },
};
