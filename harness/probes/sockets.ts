import dgram from 'node:dgram';
import { tracingChannel } from 'node:diagnostics_channel';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { TLSSocket } from 'node:tls';
import { asObject, field, handleLives, nativeLives, slot } from '../engine/native';
import type { Opening } from '../engine/opening';
import type { Identity, Liveness, Probe, Watch } from '../engine/probe';
import { descriptors } from './descriptors/descriptor';
import { kindOfServer, closedSockets as lasting } from './handles/closed-sockets';
import { cut } from './handles/cut';
import { endpoint, ends } from './handles/ends';
import { pipeName } from './handles/pipe-name';
import { requestName } from './handles/request-name';

type Owner = net.Socket | net.Server | undefined;

const ownerOf = (handle: object): Owner => asObject(slot(handle, 'owner_symbol')) as Owner;

/** The handle a socket or server works on. A socket has it behind an accessor of its own prototype, which is plain JavaScript. */
const handleOf = (owner: net.Socket | net.Server): object | undefined =>
  asObject((owner as { readonly _handle?: unknown })._handle);

/** Whether it works on `handle`, or on a TLS layer over it. */
function holds(owner: net.Socket | net.Server, handle: object): boolean {
  const own = handleOf(owner);
  return own === handle || (own !== undefined && field(own, '_parent') === handle);
}

function handleState(handle: object): Liveness {
  if (!handleLives(handle)) return 'released';
  const owner = ownerOf(handle);
  if (owner === undefined) return 'open';
  if (owner instanceof net.Socket) return owner.destroyed || !holds(owner, handle) ? 'closing' : 'open';
  return holds(owner, handle) ? 'open' : 'closing';
}

function serverLabel(server: net.Server): string {
  const address = server.address();
  if (address === null) return '';
  return typeof address === 'string' ? `on ${address}` : `on ${endpoint(address)}`;
}

const isUnix = (socket: net.Socket): boolean => handleOf(socket)?.constructor.name === 'Pipe';

const unixPaths = new WeakMap<net.Socket, string>();

function unixPath(socket: net.Socket): string {
  let path = unixPaths.get(socket);
  if (path === undefined) {
    path = pipeName((handleOf(socket) as { fd?: number } | undefined)?.fd ?? -1) ?? '';
    if (!socket.connecting) unixPaths.set(socket, path);
  }
  return path;
}

function socketLabel(socket: net.Socket, accepted: boolean): string {
  const { local, remote } = ends(socket);
  if (isUnix(socket)) {
    const path = unixPath(socket);
    return path === '' ? '' : `${accepted ? 'on' : 'to'} ${path}`;
  }
  if (local === '' && remote === '') {
    const host = field(socket, '_host');
    return typeof host === 'string' ? `to ${host}` : '';
  }
  if (remote === '') return `from ${local}${socket.connecting ? ' (still connecting)' : ''}`;
  return `${local} ${accepted ? '<-' : '->'} ${remote}`;
}

function identifyServer(server: net.Server): Identity {
  return {
    kind: kindOfServer(server),
    subject: server,
    listening: true,
    label: serverLabel(server),
    release: () => {
      server.close();
    },
    unref: () => {
      server.unref();
    },
  };
}

/** Sockets of Node's global agents live as long as the process by design, once they are idle. */
function globalAgentHolds(socket: net.Socket): boolean {
  return [http.globalAgent, https.globalAgent].some((agent) =>
    Object.values(agent.freeSockets).some((free) => free?.includes(socket) === true),
  );
}

/** `http.Agent` and its kin put an `agentRemove` listener on every socket they manage; a page's is its own, and out of anybody's reach. */
const isManaged = (socket: net.Socket): boolean => socket.listenerCount('agentRemove') > 0;

interface PendingRequest extends http.ClientRequest {
  readonly agent: http.Agent;
}

/** A TLS layer does not know: the handle beneath it does. */
function keepsLoopAlive(socket: net.Socket): boolean {
  const handle = handleOf(socket);
  const beneath = handle === undefined ? undefined : asObject(field(handle, '_parent'));
  return ((beneath ?? handle) as { hasRef?: () => boolean } | undefined)?.hasRef?.() ?? true;
}

/** The descriptor that a socket was made of, if the user had opened it by number: it goes with the socket. */
function madeOf(socket: net.Socket): readonly object[] {
  const number = (handleOf(socket) as { fd?: number } | undefined)?.fd;
  const descriptor = number === undefined ? undefined : descriptors.at(number);
  return descriptor === undefined || descriptor.state === 'released' ? [] : [descriptor];
}

/** What the user's own code opened is closed as it would do it. A library's may be kept alive by it: closed aloud, it connects again. */
const putAway = (socket: net.Socket, opening: Opening | undefined): void => {
  if (opening?.frames[0]?.origin === 'user') socket.destroy();
  else cut(socket);
};

function identifySocket(socket: net.Socket, opening: Opening | undefined): Identity {
  const server = asObject(field(socket, 'server') ?? field(socket, '_server'));
  const accepted = server !== undefined;
  const session = asObject(slot(socket, 'session'));
  const parents = [session, server].flatMap((each) => each ?? []);
  const isRefd = keepsLoopAlive(socket);
  const { local, remote } = ends(socket);
  const base = {
    subject: socket,
    label: `${socketLabel(socket, accepted)}${isRefd ? '' : " (unref'd)"}`,
    facts: { unref: !isRefd, bytesRead: socket.bytesRead, bytesWritten: socket.bytesWritten },
    parents,
    children: madeOf(socket),
    ending: socket.writableEnded || socket.destroyed,
    ends: { own: local, other: remote, accepted },
    unref: () => {
      socket.unref();
    },
  };
  if (accepted) return { ...base, kind: 'accepted-socket', release: () => socket.destroy() };
  const request = field(socket, '_httpMessage') as PendingRequest | null | undefined;
  if (request !== null && request !== undefined && typeof request.path === 'string') {
    return {
      ...base,
      kind: 'http-request',
      label: requestName(request),
      release: () => cut(socket),
    };
  }
  if (isManaged(socket)) {
    return {
      ...base,
      kind: 'agent-socket',
      pool: opening?.page !== undefined || globalAgentHolds(socket) ? 'process' : 'private',
      release: () => socket.destroy(),
    };
  }
  const unixKind = isUnix(socket) && unixPath(socket) === '' ? 'unnamed-pipe' : 'unix-socket';
  const kind = socket instanceof TLSSocket ? 'tls-socket' : isUnix(socket) ? unixKind : 'tcp-socket';
  return { ...base, kind, release: () => putAway(socket, opening) };
}

/** Descriptors 0 to 2 are the process's own: whoever touched them first did not open them. */
const isStdio = (handle: object): boolean => {
  const fd = (handle as { fd?: number }).fd;
  return fd !== undefined && fd >= 0 && fd <= 2;
};

function identifyHandle(handle: object, opening: Opening | undefined): Identity | undefined {
  const owner = ownerOf(handle);
  if (owner instanceof net.Server) return identifyServer(owner);
  if (owner instanceof net.Socket) return isStdio(handle) ? undefined : identifySocket(owner, opening);
  return undefined;
}

/** Calls `closed` when somebody closes the handle, in that somebody's own context. */
function guardClose(handle: object, closed: () => void): void {
  const target = handle as { close: (...args: unknown[]) => unknown };
  const close = target.close;
  Object.defineProperty(handle, 'close', {
    configurable: true,
    enumerable: false,
    writable: true,
    value: function (this: object, ...args: unknown[]): unknown {
      closed();
      return close.apply(this, args);
    },
  });
}

const stream: Watch = { state: handleState, identify: identifyHandle, lasting };
const listener: Watch = { state: handleState, identify: identifyHandle, guard: guardClose, lasting };

const tls: Watch = {
  lasting,
  state(resource) {
    if (!handleLives(resource)) return 'released';
    const owner = ownerOf(resource);
    if (!(owner instanceof net.Socket)) return 'released';
    return owner.destroyed || handleOf(owner) !== resource ? 'released' : 'open';
  },
  identify(resource, opening) {
    const owner = ownerOf(resource);
    if (!(owner instanceof net.Socket)) return undefined;
    const identity = identifySocket(owner, opening);
    // Over a socket that was there before: the plain one is what is left when the TLS layer is gone.
    const beneath = asObject(field(owner, '_parent'));
    return beneath === undefined ? identity : { ...identity, children: [beneath] };
  },
};

const datagram: Watch = {
  state(resource, asyncId) {
    if (!nativeLives(resource, asyncId)) return 'released';
    const owner = asObject(slot(resource, 'owner_symbol'));
    const state = owner === undefined ? undefined : asObject(slot(owner, 'state symbol'));
    return state !== undefined && field(state, 'handle') !== resource ? 'closing' : 'open';
  },
  identify(resource) {
    const owner = asObject(slot(resource, 'owner_symbol'));
    if (!(owner instanceof dgram.Socket)) return undefined;
    let label = '';
    try {
      label = `on ${endpoint(owner.address())}`;
    } catch {
      // Not bound yet: it has no address to tell.
    }
    return { kind: 'udp-socket', subject: owner, label, release: () => owner.close() };
  },
  lasting: {
    of: (handle) => asObject(slot(handle, 'owner_symbol')),
    isOver(thing) {
      const state = asObject(slot(thing, 'state symbol'));
      return state !== undefined && field(state, 'handle') === null;
    },
    describe: () => ({ kind: 'udp-socket' }),
  },
  guard: guardClose,
};

const CLOSE_SERVER = 'Close it with `await new Promise((done) => server.close(done))`';
const server = (noun: string, plural: string, remedy = CLOSE_SERVER) => ({
  noun,
  plural,
  opened: 'opened',
  closed: 'closed',
  remedy,
  pooled: true,
});
const socket = (noun: string, plural: string, remedy = 'Close it with `socket.destroy()`') =>
  server(noun, plural, remedy);

/** TCP, TLS, HTTP, unix and UDP: listening, connected and accepted, ref'd and unref'd. */
const sockets: Probe = {
  name: 'sockets',
  kinds: {
    'tcp-server': server('a TCP server', 'TCP servers'),
    'tls-server': server('a TLS server', 'TLS servers'),
    'http-server': server('an HTTP server', 'HTTP servers'),
    'https-server': server('an HTTPS server', 'HTTPS servers'),
    'http2-server': server('an HTTP/2 server', 'HTTP/2 servers'),
    'unix-server': server('a unix socket server', 'unix socket servers'),
    'tcp-socket': socket('a TCP connection', 'TCP connections'),
    'tls-socket': socket('a TLS connection', 'TLS connections'),
    'unix-socket': socket('a unix socket connection', 'unix socket connections'),
    'unnamed-pipe': socket('a pipe', 'pipes'),
    'accepted-socket': socket(
      'an accepted connection',
      'accepted connections',
      'Close it: `server.closeAllConnections()` for HTTP, `socket.destroy()` otherwise,',
    ),
    'agent-socket': socket(
      'an idle connection of a keep-alive agent',
      'idle connections of a keep-alive agent',
      'Close them with `agent.destroy()`',
    ),
    'udp-socket': socket('a UDP socket', 'UDP sockets', 'Close it with `socket.close()`'),
  },
  asyncTypes: {
    TCPWRAP: stream,
    TCPSERVERWRAP: listener,
    PIPEWRAP: stream,
    PIPESERVERWRAP: listener,
    TLSWRAP: tls,
    UDPWRAP: datagram,
  },
  start(recorder) {
    // A server's handle is often made in a later tick (a host to look up): Node announces the call itself.
    const listen = tracingChannel('net.server.listen');
    const asyncStart = (message: unknown): void => {
      recorder.remember((message as { server: net.Server }).server, asyncStart);
    };
    const subscribers = { asyncStart };
    listen.subscribe(subscribers as never);
    return { stop: () => listen.unsubscribe(subscribers as never) };
  },
};

export default sockets;
