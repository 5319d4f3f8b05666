import type { Socket } from 'node:net';

/** Of a server on all addresses: an IPv4 peer shows up mapped into IPv6 there, and plain at its own end. */
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** Host and port as people write them, the same for both ends of a connection. */
export function endpoint(at: { readonly address: string; readonly port: number }): string {
  const host = at.address.replace(MAPPED, '');
  return `${host.includes(':') ? `[${host}]` : host}:${at.port}`;
}

/** The handle's own words, empty for what it has none for: a socket under teardown no longer answers for its ends. */
export function ends({ localAddress, localPort, remoteAddress, remotePort }: Socket): {
  local: string;
  remote: string;
} {
  return {
    local: localAddress === undefined ? '' : endpoint({ address: localAddress, port: localPort ?? 0 }),
    remote: remoteAddress === undefined ? '' : endpoint({ address: remoteAddress, port: remotePort ?? 0 }),
  };
}
