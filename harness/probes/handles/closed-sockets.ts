import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { TLSSocket, Server as TlsServer } from 'node:tls';
import { asObject, field, slot } from '../../engine/native';
import type { Lasting } from '../../engine/probe';

/** What kind of server it is, listening or closed. */
export const kindOfServer = (server: net.Server): string => {
  if (server instanceof https.Server) return 'https-server';
  if (server instanceof http.Server) return 'http-server';
  if (server.constructor.name.startsWith('Http2')) return 'http2-server';
  if (server instanceof TlsServer) return 'tls-server';
  return typeof server.address() === 'string' ? 'unix-server' : 'tcp-server';
};

/** The server that accepted it. */
const serverOf = (socket: object): object | undefined => asObject(field(socket, 'server') ?? field(socket, '_server'));

/** What is still known of a socket that has no handle any more. */
function kindOfSocket(socket: net.Socket): string {
  if (serverOf(socket) !== undefined) return 'accepted-socket';
  return socket instanceof TLSSocket ? 'tls-socket' : 'tcp-socket';
}

/** Sockets and servers, once they are closed. Both may be opened again. */
export const closedSockets: Lasting = {
  of(handle) {
    const owner = asObject(slot(handle, 'owner_symbol'));
    return owner instanceof net.Socket || owner instanceof net.Server ? owner : undefined;
  },
  madeBy: serverOf,
  isAccepted: (thing) => serverOf(thing) !== undefined,
  isOver(thing) {
    const { _handle: handle, connecting } = thing as {
      readonly _handle?: object | null;
      readonly connecting?: boolean;
    };
    return handle == null && connecting !== true;
  },
  describe: (thing) => ({
    kind: thing instanceof net.Server ? kindOfServer(thing) : kindOfSocket(thing as net.Socket),
  }),
};
