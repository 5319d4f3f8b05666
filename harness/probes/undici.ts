import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel';
import net from 'node:net';
import { isMap } from 'node:util/types';
import { asObject, field, slot } from '../engine/native';
import type { Identity, Probe, Realm, Watch } from '../engine/probe';
import { isWeakRef } from '../engine/reach';
import { cut } from './handles/cut';
import { ends } from './handles/ends';

/** A request as undici announces it; Node's own fetch is the same library. */
interface UndiciRequest {
  readonly method?: string;
  readonly origin?: string | URL;
  readonly path?: string;
}

/** Our record of a request under way. It holds neither the request nor its socket. */
interface Pending {
  readonly label: string;
  socket: WeakRef<net.Socket> | undefined;
  done: boolean;
}

/** The second is undici's own from version 8 on: what is under the first is then a wrapper that keeps it private. */
const GLOBAL_DISPATCHERS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];

/** Under a symbol so called a client says that it is destroyed; up to version 5 under the first. */
const DESTROYED = ['destroyed', 'nodejs.stream.destroyed'];

/** How many objects of a dispatcher's graph are looked at for a socket. Pools, clients and their contexts are few and near. */
const MOST_LOOKED_AT = 2000;

/** What a map has for `origin`, or all if it is no map of origins: in a long run an agent has had hundreds. */
function valuesFor(map: object, origin: string | undefined): readonly unknown[] {
  const entries = [...(Map.prototype.entries.call(map) as Iterable<[unknown, unknown]>)];
  const matching = entries.filter(([key]) => origin !== undefined && typeof key === 'string' && key.startsWith(origin));
  return (matching.length > 0 ? matching : entries).map(([, value]) => value);
}

/** Values under own data properties, map values and weak references, those of the tests' realm too: never a getter. */
function* within(value: object, origin: string | undefined): Iterable<unknown> {
  if (isMap(value)) yield* valuesFor(value, origin);
  if (isWeakRef(value)) yield WeakRef.prototype.deref.call(value);
  for (const key of Reflect.ownKeys(value)) yield Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** Whether `target`, of a connection to `origin`, hangs on `root` by plain data: a dispatcher's pools, their clients, their sockets. */
function reaches(root: object, target: object, origin: string | undefined): boolean {
  const queue: object[] = [root];
  const seen = new Set<object>(queue);
  for (const value of queue) {
    if (value === target) return true;
    if (value instanceof net.Socket || typeof value === 'function') continue;
    for (const next of within(value, origin)) {
      const found = asObject(next);
      if (found === undefined || seen.has(found) || seen.size > MOST_LOOKED_AT) continue;
      seen.add(found);
      queue.push(found);
    }
  }
  return false;
}

/** The client whose connection it is. */
function clientOf(socket: net.Socket): object | undefined {
  const parser = asObject(slot(socket, 'parser'));
  return parser === undefined ? undefined : asObject(field(parser, 'client'));
}

/** Where a client connects to. */
function originOf(client: object | undefined): string | undefined {
  const url = client === undefined ? undefined : slot(client, 'url');
  return url instanceof URL ? url.origin : undefined;
}

/** Stands for the pool a connection's client is in: the one listener by which a pool hears of all its clients' connections. */
function poolOf(socket: net.Socket): object | undefined {
  const client = clientOf(socket);
  const events = client === undefined ? undefined : asObject(field(client, '_events'));
  const heard = events === undefined ? undefined : field(events, 'connect');
  return asObject(Array.isArray(heard) ? heard[0] : heard);
}

/** The connection whose keep-alive timer this is: the parser is its weakly held argument. */
function idleSocketOf(timer: object): net.Socket | undefined {
  const given = field(timer, '_timerArgs');
  if (!Array.isArray(given)) return undefined;
  const [first] = given.map(asObject);
  const parser = first !== undefined && isWeakRef(first) ? asObject(WeakRef.prototype.deref.call(first)) : undefined;
  const socket = parser === undefined ? undefined : field(parser, 'socket');
  return socket instanceof net.Socket ? socket : undefined;
}

/**
 * Node's dispatcher lives on the outer global, one a test set or undici made on import on the sandbox's. Both live as long as the process
 * or the file.
 */
function globalDispatchers(realm: Realm): object[] {
  return [globalThis as Record<PropertyKey, unknown>, realm.global].flatMap((each) =>
    GLOBAL_DISPATCHERS.flatMap((name) => asObject(Object.getOwnPropertyDescriptor(each, name)?.value) ?? []),
  );
}

/** What began as a request and became something else, a WebSocket as a rule: undici has taken its parser off. */
const isUpgraded = (connection: net.Socket): boolean => slot(connection, 'parser') === null;

const wayOf = (connection: net.Socket): NonNullable<Identity['over']> => {
  const { local, remote } = ends(connection);
  return { own: local, other: remote };
};

/** An upgraded connection answers for itself: Node's own undici never says that such a request is over, others at once. */
function isOver({ done, socket }: Pending): boolean {
  const connection = socket?.deref();
  if (connection === undefined) return done || socket !== undefined;
  return isUpgraded(connection) ? connection.destroyed : done;
}

const request: Watch = {
  state: (resource) => (isOver(resource as Pending) ? 'released' : 'open'),
  identify(resource) {
    const { label, socket } = resource as Pending;
    const connection = socket?.deref();
    if (connection !== undefined && isUpgraded(connection)) {
      return {
        kind: 'upgraded-connection',
        subject: resource,
        label: label.replace(/^GET /, 'to '),
        children: [connection],
        ending: connection.writableEnded,
        release: () => cut(connection),
      };
    }
    return {
      kind: 'fetch-request',
      momentary: true,
      subject: resource,
      label,
      children: connection === undefined ? [] : [connection],
      ...(connection === undefined ? {} : { over: wayOf(connection) }),
      // Destroying the socket would reject a promise nobody may be waiting for; without its hold on the loop it harms nobody.
      release: () => connection?.unref(),
      sparesOwned: true,
    };
  },
};

/** Requests of `fetch` and undici, and whose pool their idle sockets are in. */
const undici: Probe = {
  name: 'undici',
  kinds: {
    'fetch-request': {
      noun: 'an HTTP request',
      plural: 'HTTP requests',
      opened: 'sent',
      closed: 'finished',
      remedy: 'Read its body to the end, or abort it through the `signal` option,',
      pooled: false,
    },
    'upgraded-connection': {
      noun: 'a WebSocket',
      plural: 'WebSockets',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `socket.close()` and wait for its `close` event',
      pooled: false,
    },
    'dispatcher-socket': {
      noun: 'an idle connection of an undici dispatcher',
      plural: 'idle connections of undici dispatchers',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close the dispatcher with `await agent.close()`',
      pooled: true,
    },
  },
  start(recorder, realm) {
    const pending = new WeakMap<object, Pending>();
    const serving = new WeakMap<net.Socket, Pending>();
    const openings = new WeakSet<net.Socket>();
    const siblings = new WeakMap<net.Socket, readonly WeakRef<net.Socket>[]>();
    const byPool = new WeakMap<object, WeakRef<net.Socket>[]>();
    /** A client stays with the dispatcher that has made it. */
    const homes = new WeakMap<object, WeakRef<object>>();
    const isGlobals = (socket: net.Socket, client: object | undefined): boolean => {
      const dispatchers = globalDispatchers(realm);
      const known = client === undefined ? undefined : homes.get(client)?.deref();
      if (known !== undefined && dispatchers.includes(known)) return true;
      const origin = originOf(client);
      const home = dispatchers.find((dispatcher) => reaches(dispatcher, client ?? socket, origin));
      if (client !== undefined && home !== undefined) homes.set(client, new WeakRef(home));
      return home !== undefined;
    };

    const created: ChannelListener = (message) => {
      const each = (message as { request: UndiciRequest }).request;
      const record: Pending = {
        label: `${each.method ?? 'GET'} ${String(each.origin ?? '')}${each.path ?? ''}`,
        socket: undefined,
        done: false,
      };
      pending.set(each, record);
      recorder.opened({ watch: request, resource: record, keep: true, above: created as never });
    };
    const sent: ChannelListener = (message) => {
      const { request: each, socket } = message as { request: object; socket: net.Socket };
      const record = pending.get(each);
      if (record === undefined) return;
      const before = serving.get(socket);
      if (before?.done === true) before.socket = undefined;
      record.socket = new WeakRef(socket);
      serving.set(socket, record);
      openings.add(socket);
    };
    const over: ChannelListener = (message) => {
      const record = pending.get((message as { request: object }).request);
      if (record !== undefined) record.done = true;
    };
    const connected: ChannelListener = (message) => {
      const { connector, socket } = message as { connector: object; socket: net.Socket };
      const pool = poolOf(socket) ?? connector;
      openings.add(socket);
      const before = byPool.get(pool) ?? [];
      siblings.set(socket, [...before]);
      byPool.set(pool, [...before.filter((each) => each.deref()?.destroyed === false), new WeakRef(socket)]);
    };
    const listeners: readonly [string, ChannelListener][] = [
      ['undici:request:create', created],
      ['undici:client:sendHeaders', sent],
      ['undici:request:trailers', over],
      ['undici:request:error', over],
      ['undici:client:connected', connected],
    ];
    for (const [name, listener] of listeners) subscribe(name, listener);

    return {
      refine(identity: Identity): Identity | undefined {
        const socket = identity.subject;
        const timed = idleSocketOf(socket);
        if (timed !== undefined) return { ...identity, parents: [timed] };
        if (!(socket instanceof net.Socket) || !openings.has(socket)) return identity;
        const record = serving.get(socket);
        // A busy connection is its request's to answer for, whoever opened it, and when the request has been told of, so has it.
        if (record !== undefined && !isOver(record))
          return { ...identity, parents: [record, ...(identity.parents ?? [])], pool: 'process' };
        // What is left of a pool is one leak, its first connection's.
        const elder = (siblings.get(socket) ?? []).flatMap((each) => each.deref() ?? []);
        const client = clientOf(socket);
        // Up to 5.21 a client that is destroyed while it connects lets its connection be; later ones, too, while they compile their parser.
        const isDestroyed = client !== undefined && DESTROYED.some((name) => slot(client, name) === true);
        return {
          ...identity,
          kind: 'dispatcher-socket',
          pool: isGlobals(socket, client) ? 'process' : 'private',
          parents: elder,
          ...(isDestroyed ? { remedy: 'Let its client connect before you destroy that,' } : {}),
        };
      },
      stop() {
        for (const [name, listener] of listeners) unsubscribe(name, listener);
      },
    };
  },
};

export default undici;
