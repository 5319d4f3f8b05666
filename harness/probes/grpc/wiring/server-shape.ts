import { isMap, isSet } from 'node:util/types';
import { asObject, field, slot } from '../../../engine/native';

/** The HTTP/2 server beneath each port it has bound: a `net.Server`. */
export interface Listener {
  readonly listening: boolean;
  /** Node's own count of the connections that are still there. */
  readonly _connections: number;
  address(): { readonly address: string; readonly port: number } | string | null;
}

/** A map's entries, be it the sandbox's map or one of Node's own hardened kind. */
const entriesOf = (map: unknown): [object, unknown][] =>
  isMap(map) ? [...(Map.prototype.entries.call(map) as Iterable<[object, unknown]>)] : [];

/** The listeners of an `XdsServer`, which hands what they accept to HTTP/2 servers that do not listen themselves. */
const portsOf = (server: object): Listener[] =>
  entriesOf(field(server, 'boundPortMap')).flatMap(
    ([, entry]) => (asObject(field(asObject(entry) ?? {}, 'tcpServer')) as Listener | undefined) ?? [],
  );

/**
 * Its HTTP/2 servers, until the last connection to them is gone. Up to 1.9 they are in a list that is never shortened; in the oldest
 * versions they are the list.
 */
export function listenersOf(server: object): Listener[] {
  const list = field(server, 'http2ServerList');
  const listed = Array.isArray(list)
    ? (list as (Listener & { server?: Listener })[]).map((each) => each.server ?? each)
    : [];
  const accepting = entriesOf(field(server, 'http2Servers')).map(([listener]) => listener as Listener);
  return [...portsOf(server), ...accepting, ...listed];
}

/** How many connections there are to it. */
export const connectionsTo = (server: object): number =>
  listenersOf(server).reduce((sum, { _connections: connections }) => sum + connections, 0);

/** Whether it accepts connections. */
export const isListening = (server: object): boolean => listenersOf(server).some(({ listening }) => listening);

/** An xDS server is told what to listen on by its control plane, and watches for that from `bindAsync` on. */
export const isBound = (server: object): boolean => isListening(server) || portsOf(server).length > 0;

/** Its sessions. With channelz switched off newer versions know them by listener alone. */
function sessionsOf(server: object): Set<object> {
  const sessions = new Set(entriesOf(field(server, 'sessions')).map(([session]) => session));
  for (const [, info] of entriesOf(field(server, 'http2Servers'))) {
    const of = field(asObject(info) ?? {}, 'sessions');
    if (isSet(of)) for (const session of Set.prototype.values.call(of)) sessions.add(session as object);
  }
  return sessions;
}

/** Whether it accepts connections, or has any left. */
export const isServing = (server: object): boolean => isBound(server) || sessionsOf(server).size > 0;

/** Streams of its sessions that neither end has closed. */
export function callsInFlight(server: object): number {
  let calls = 0;
  for (const session of sessionsOf(server)) {
    const state = asObject(slot(session, 'state'));
    calls += entriesOf(state === undefined ? undefined : field(state, 'streams')).length;
  }
  return calls;
}

/** What it is bound to, ready to follow the noun; empty if it is bound to nothing. */
export function addressOf(server: object): string {
  const asked = entriesOf(field(server, 'boundPortMap')).map(([address]) => String(address));
  const own = (): NonNullable<ReturnType<Listener['address']>>[] =>
    listenersOf(server).flatMap((listener) => listener.address() ?? []);
  const [bound, ...more] = asked.length > 0 ? asked : own();
  if (bound === undefined) return '';
  const first = typeof bound === 'string' ? bound : `${bound.address}:${bound.port}`;
  return more.length === 0 ? `on ${first}` : `on ${first} and ${more.length} more`;
}
