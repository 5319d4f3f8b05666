import type { Identity, Liveness, Watch } from '../../../engine/probe';
import { type CallState, type ServerClient, type StreamCall, shortName } from './shape';

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

/** grpc-js's numbers for a channel that is connected, and for one that has tried in vain. */
const READY = 2;
const TRANSIENT_FAILURE = 3;

const REMEDY_FOR_QUEUED = 'Close the last channel over xDS before its control plane is gone,';

const connectivityOf = ({ server }: StreamRecord): number | undefined =>
  server.deref()?.adsClient?.getChannel().getConnectivityState(false);

const isHalfClosed = ({ call }: StreamRecord): boolean => call.deref()?.writableEnded === true;

/**
 * The client has heard the status; or it has ended its side of a stream that the control plane knows, and what is left is up to that.
 * One that still waits for a connection is never sent, nor ended: grpc-js keeps it, and the process up for it.
 */
function stateOf(record: StreamRecord): Liveness {
  const stream = record.call.deref();
  if (stream === undefined || stream.readableEnded || stream.destroyed) return 'released';
  if (!stream.writableEnded) return 'open';
  const connectivity = connectivityOf(record);
  return connectivity === undefined || connectivity === READY ? 'released' : 'closing';
}

/** Ends a stream that nobody needs any more. Its end would be taken for the end of the stream in use, so it is not told. */
export function abandon(call: StreamCall | undefined): void {
  call?.removeAllListeners('status');
  call?.cancel();
}

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
  state: (resource) => stateOf(resource as StreamRecord),
  identify(resource): Identity | undefined {
    const record = resource as StreamRecord;
    const { protocol } = record;
    // Perhaps it is on its way: then it ends as soon as it is there.
    if (isHalfClosed(record) && connectivityOf(record) !== TRANSIENT_FAILURE) return undefined;
    const server = record.server.deref();
    const call = record.call.deref();
    const client = record.client.deref();
    const to = server?.xdsServerConfig?.server_uri ?? 'its control plane';
    const named = {
      kind: protocol === 'ADS' ? 'xds-ads-stream' : 'xds-lrs-stream',
      subject: record,
      label: `to ${to}`,
      detail: `${protocol} stream  ${to}${isHalfClosed(record) ? '  waits for a connection, to be ended' : subscriptions(record.state.deref())}`,
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
      // The client has lost sight of it, so nobody will ever end it; unless it has a connection at last, where it has ended it.
      ...(isHalfClosed(record) ? { remedy: REMEDY_FOR_QUEUED } : { stranded: true }),
      release: () => abandon(call),
    };
  },
};
