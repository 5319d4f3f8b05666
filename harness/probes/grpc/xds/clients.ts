import type { Watch } from '../../../engine/probe';
import type { Account } from '../wiring/accounts';
import type { ServerClient, XdsClient } from './shape';

/** grpc-js's number for a channel that has nothing open. */
const IDLE = 0;

const isConnected = ({ client }: { readonly client: ServerClient }): boolean => {
  const state = client.adsClient?.getChannel().getConnectivityState(false);
  return state !== undefined && state !== IDLE;
};

/**
 * Clients of xDS control planes, each with one connection for each of them.
 * @param processWide those that live as long as the process by design
 */
export const clientWatch = (processWide: WeakSet<object>): Watch => ({
  state: (resource) => {
    const { subject } = resource as Account<XdsClient>;
    return subject !== undefined && subject.deref() === undefined ? 'released' : 'open';
  },
  identify(resource) {
    const account = resource as Account<XdsClient>;
    const client = account.subject?.deref();
    const named = { kind: 'xds-client', subject: client ?? account, label: account.name, made: true };
    if (client === undefined) return named;
    // Without a connection there is nothing it could release: an idle channel is a few objects.
    const held = !processWide.has(client) && client.clients?.some(isConnected) === true;
    return held ? named : { ...named, pool: 'process' };
  },
});
