import type { ClientHttp2Session, Http2Session, Http2Stream } from 'node:http2';
import { isMap } from 'node:util/types';
import { asObject, field, nativeLives, slot } from '../engine/native';
import type { Opening } from '../engine/opening';
import type { Identity, Probe, Watch } from '../engine/probe';

const ownerOf = (handle: object): object | undefined => asObject(slot(handle, 'owner_symbol'));

/** Whether it has streams. Their map is one of Node's own hardened kind: no instance of `Map`, and with methods of its own. */
function hasStreams(session: Http2Session): boolean {
  const state = asObject(slot(session, 'state'));
  const streams = state === undefined ? undefined : field(state, 'streams');
  return !isMap(streams) || Reflect.get(Map.prototype, 'size', streams) > 0;
}

/**
 * With streams open, destroying it would end them with errors for which their owners may have no handler; a library would connect
 * again: it only loses its hold on the loop.
 */
function howToRelease(session: Http2Session, opening: Opening | undefined): Pick<Identity, 'release' | 'sparesOwned'> {
  return !hasStreams(session) && opening?.frames[0]?.origin === 'user'
    ? { release: () => session.destroy() }
    : { release: () => session.unref(), sparesOwned: true };
}

function identifySession(session: Http2Session, opening: Opening | undefined): Identity {
  const server = asObject(slot(session, 'server'));
  const authority = slot(session, 'authority');
  const protocol = slot(session, 'protocol');
  const isClient = server === undefined && typeof authority === 'string';
  const closing = session.closed ? ', closed but waiting for its streams' : '';
  return {
    kind: isClient ? 'http2-client-session' : 'http2-server-session',
    subject: session,
    label: isClient ? `to ${String(protocol)}//${authority}${closing}` : closing.slice(2),
    parents: server === undefined ? [] : [server],
    children: [asObject(slot(session, 'socket')) ?? []].flat(),
    ending: session.closed,
    ...(session.closed
      ? { remedy: 'Close its streams with `stream.close()`, or cut it with `session.destroy()`,' }
      : {}),
    ...howToRelease(session, opening),
    unref: () => session.unref(),
  };
}

/** By evidence: the native session of a correct teardown lingers until a collection, its owner knows better. */
const session: Watch = {
  state(resource, asyncId) {
    if (!nativeLives(resource, asyncId)) return 'released';
    const owner = ownerOf(resource) as ClientHttp2Session | undefined;
    if (owner === undefined || owner.destroyed) return 'released';
    return 'open';
  },
  identify(resource, opening) {
    const owner = ownerOf(resource);
    return owner === undefined ? undefined : identifySession(owner as Http2Session, opening);
  },
  lasting: {
    of: ownerOf,
    madeBy: (thing) => asObject(slot(thing, 'server')) ?? asObject(slot(thing, 'socket')),
    isAccepted: (thing) => asObject(slot(thing, 'server')) !== undefined,
    isOver: (thing) => (thing as Http2Session).destroyed,
    describe: (thing) => ({
      kind: asObject(slot(thing, 'server')) === undefined ? 'http2-client-session' : 'http2-server-session',
    }),
  },
};

/** What a request asks for. */
function pathOf({ sentHeaders }: Http2Stream): string {
  const headers = asObject(sentHeaders);
  const path = headers === undefined ? undefined : field(headers, ':path');
  return typeof path === 'string' ? path : '';
}

/** Whether a server was given it. One that is over has no session any more. */
const isAccepted = (stream: Http2Stream): boolean => 'pushStream' in stream;

const stream: Watch = {
  incidental: true,
  state(resource, asyncId) {
    if (!nativeLives(resource, asyncId)) return 'released';
    const owner = ownerOf(resource) as Http2Stream | undefined;
    return owner === undefined || owner.destroyed ? 'released' : 'open';
  },
  identify(resource) {
    const owner = ownerOf(resource) as Http2Stream | undefined;
    if (owner === undefined) return undefined;
    const parent = asObject(owner.session);
    const isRequest = parent !== undefined && slot(parent, 'server') === undefined;
    const path = pathOf(owner);
    return {
      kind: 'http2-stream',
      subject: owner,
      label: `${path === '' ? '' : `${path} `}(id ${owner.id ?? 'pending'})`,
      parents: parent === undefined ? [] : [parent],
      separate: isRequest,
    };
  },
  lasting: {
    of: ownerOf,
    madeBy: (thing) => asObject((thing as Http2Stream).session),
    isAccepted: (thing) => isAccepted(thing as Http2Stream),
    isOver: (thing) => (thing as Http2Stream).destroyed,
    describe: (thing) => ({ kind: 'http2-stream', label: pathOf(thing as Http2Stream) }),
  },
};

/** HTTP/2 sessions and streams, both sides. */
const http2: Probe = {
  name: 'http2',
  kinds: {
    'http2-client-session': {
      noun: 'an HTTP/2 session',
      plural: 'HTTP/2 sessions',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `session.close()`',
      pooled: true,
    },
    'http2-server-session': {
      noun: 'an accepted HTTP/2 session',
      plural: 'accepted HTTP/2 sessions',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `session.close()`',
      pooled: true,
    },
    'http2-stream': {
      noun: 'an HTTP/2 stream',
      plural: 'HTTP/2 streams',
      opened: 'opened',
      closed: 'closed',
      remedy: 'End or close it with `stream.close()`',
      pooled: true,
    },
  },
  asyncTypes: { HTTP2SESSION: session, HTTP2STREAM: stream },
};

export default http2;
