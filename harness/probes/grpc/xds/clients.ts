import type { Watch } from '../../../engine/probe';
import { type Account, isGone } from '../wiring/accounts';
import type { ServerClient, XdsClient } from './shape';

/** grpc-js's number for a channel that has nothing open. */
const IDLE = 0;

const isConnected = ({ client }: { readonly client: ServerClient }): boolean => {
  const state = client.adsClient?.getChannel().getConnectivityState(false);
  return state !== undefined && state !== IDLE;
};

/** Where the clients of a test file come from: which stay by design is a rule's to say (`rules/grpc-js-xds.ts`). */
export interface ClientOrigins {
  /** Those that all channels of the process share. */
  readonly processWide: WeakSet<object>;
  /** The module that implements each. */
  readonly files: WeakMap<object, string>;
}

/** Clients of xDS control planes, each with one connection for each of them. */
export const clientWatch = ({ processWide, files }: ClientOrigins): Watch => ({
  state: (resource) => (isGone(resource as Account<XdsClient>) ? 'released' : 'open'),
  identify(resource) {
    const account = resource as Account<XdsClient>;
    const client = account.subject?.deref();
    const named = { kind: 'xds-client', subject: client ?? account, label: account.name, made: true };
    if (client === undefined) return named;
    const file = files.get(Reflect.getPrototypeOf(client) ?? client);
    const known = file === undefined ? named : { ...named, implementedIn: file };
    if (processWide.has(client)) return { ...known, kind: 'xds-process-client' };
    return client.clients?.some(isConnected) === true ? known : { ...known, kind: 'xds-idle-client' };
  },
});
