import { asObject, field } from '../../engine/native';
import type { Identity, Probe, Watch } from '../../engine/probe';
import { counted } from '../../model/sentence';
import { channelsOf } from './channels';
import { type Account, type Accounts, isGone, prototypeOf, UNKNOWN } from './wiring/accounts';
import { ChannelzListings } from './wiring/channelz-listings';
import { DrainTimers } from './wiring/drain-timers';
import {
  addressOf,
  callsInFlight,
  connectionsTo,
  isBound,
  isListening,
  isServing,
  listenersOf,
} from './wiring/server-shape';
import { type Exports, Wiring } from './wiring/wiring';

/** The parts of a `Server` that are read. */
interface Server {
  forceShutdown(): void;
}

const SHUTDOWNS = ['tryShutdown', 'forceShutdown'] as const;

/** How a server was told to shut down. */
type Shutdown = (typeof SHUTDOWNS)[number];

/** What a server that was told to shut down still has. */
function remainder(server: object): string {
  const calls = callsInFlight(server);
  const connections = counted(connectionsTo(server), 'connection');
  return calls === 0 ? connections : `${connections} with ${counted(calls, 'call')} in flight`;
}

/** What differs by how far it has come on its way down. */
function progress(server: object, told: Shutdown | undefined, address: string): Partial<Identity> {
  const left = remainder(server);
  if (told !== undefined && !isBound(server) && connectionsTo(server) === 0) {
    return { label: address, detail: `server ${address}  shut down` };
  }
  // Whoever is told to shut down stops listening at once. Up to 1.9.4 one that was in the middle of binding listens all the same.
  if (told !== undefined && isListening(server)) {
    return {
      label: `${address}, which \`${told}\` found still binding,`,
      detail: `server ${address}  bound after \`${told}\`, ${left}`,
      remedy: 'Shut it down when `bindAsync` has called back,',
    };
  }
  switch (told) {
    case undefined:
      return { label: address, detail: `server ${address}, ${left}` };
    case 'tryShutdown':
      return {
        label: `${address}, whose \`tryShutdown\` waits for ${left},`,
        detail: `server ${address}  shutting down, waits for ${left}`,
        remedy: 'End those calls and close those clients first, or cut them off with `server.forceShutdown()`,',
        ending: true,
      };
    case 'forceShutdown':
      return {
        label: `${address}, of which \`forceShutdown\` left ${left},`,
        detail: `server ${address}  shut down by force, ${left} left`,
        remedy: 'Close those from their other end',
        ending: true,
      };
  }
}

/** What is known of servers besides what they know themselves. All of it is held weakly. */
class Notes {
  readonly told = new WeakMap<object, Shutdown>();
  /** Once it does not listen, it does not know. */
  readonly addresses = new WeakMap<object, string>();
  /** By listener: what it accepted is the server's, and outlives the listener. */
  readonly servers = new WeakMap<object, object>();
  /** Whose port is not bound yet: nothing listens, and no sweep of the books may take them for servers that are gone. */
  readonly binding = new WeakSet<object>();
  /** By stream: which method it calls. */
  readonly methods = new WeakMap<object, string>();
  /** By stream: whose call it is. */
  readonly callees = new WeakMap<object, object>();

  /** A server as it is now. */
  look(server: object): void {
    if (isBound(server)) this.addresses.set(server, addressOf(server));
    for (const listener of listenersOf(server)) this.servers.set(listener, server);
  }
}

const watchOf = (wiring: Wiring, notes: Notes): Watch => ({
  // By the sockets: what a server keeps besides them is memory. One that was never bound holds nothing.
  state(resource) {
    const server = (resource as Account<Server>).subject?.deref();
    if (server === undefined) return isGone(resource as Account<Server>) ? 'released' : 'open';
    return isBound(server) || notes.binding.has(server) || connectionsTo(server) > 0 ? 'open' : 'released';
  },
  identify(resource): Identity {
    const account = resource as Account<Server>;
    const server = account.subject?.deref();
    const named = { kind: 'grpc-server', subject: server ?? account, made: true };
    if (server === undefined) return named;
    return {
      ...named,
      children: listenersOf(server),
      listening: isListening(server),
      ...progress(server, notes.told.get(server), addressOf(server) || (notes.addresses.get(server) ?? '')),
      release: () => wiring.releasing(() => server.forceShutdown()),
    };
  },
  isOwnCode: wiring.isOwnCode,
  telling: true,
  lasting: {
    of: (resource) => (resource as Account<Server>).subject?.deref(),
    isOver: (server) => !isListening(server) && connectionsTo(server) === 0,
    describe: () => ({ kind: 'grpc-server' }),
    made: true,
  },
});

/** The arguments of `bindAsync`, with a callback that notes first that the port is bound, or cannot be. */
function noting(args: unknown[], bound: () => void): unknown[] {
  const callback: unknown = args[2];
  if (typeof callback !== 'function') return args;
  const noted = function (this: unknown, ...results: unknown[]): unknown {
    bound();
    return Reflect.apply(callback, this, results);
  };
  return [...args.slice(0, 2), noted, ...args.slice(3)];
}

/** `bindAsync`, from which on a server holds something, and which the line of its opening is. */
function wireBinding(wiring: Wiring, prototype: object, servers: Accounts<Server>, watch: Watch, notes: Notes): void {
  const { recorder } = wiring;
  wiring.wrap(prototype, 'bindAsync', (original) => {
    const wrapper = function (this: object, ...args: unknown[]): unknown {
      if (servers.get(this) === undefined) servers.make(watch, '', wrapper, UNKNOWN, () => this);
      notes.binding.add(this);
      notes.told.delete(this);
      const bind = (): unknown =>
        original.apply(
          this,
          noting(args, () => notes.binding.delete(this)),
        );
      try {
        // The port is bound behind promises: what comes then is known by this call.
        return recorder.act(wrapper, bind);
      } catch (error) {
        notes.binding.delete(this);
        throw error;
      }
    };
    return wrapper;
  });
}

/** The same of an xDS server, which is bound from then on. What it watches to know what to serve is its own. */
function wireWatching(wiring: Wiring, prototype: object, servers: Accounts<Server>, watch: Watch): void {
  const { recorder } = wiring;
  wiring.wrap(prototype, 'bindAsync', (original) => {
    const wrapper = function (this: object, ...args: unknown[]): unknown {
      if (servers.get(this) === undefined) servers.make(watch, '', wrapper, UNKNOWN, () => this);
      const bind = (): unknown => original.apply(this, args);
      return recorder.act(wrapper, () => recorder.within(servers.get(this)?.holding, bind));
    };
    return wrapper;
  });
}

/** The line of a shutdown. It calls its user back, maybe at once, so what is opened meanwhile is not the server's own. */
function wireClosing(
  wiring: Wiring,
  prototype: object,
  name: Shutdown,
  accounts: Accounts<Server>,
  note: (server: object) => void,
): void {
  wiring.wrap(prototype, name, (original) => {
    const wrapper = function (this: object, ...args: unknown[]): unknown {
      if (wiring.active) wiring.look(name, () => note(this));
      const account = accounts.get(this);
      if (account !== undefined) accounts.close(account, wrapper);
      return original.apply(this, args);
    };
    return wrapper;
  });
}

/** Notes how a server was told to shut down. */
function wireShutdown(
  wiring: Wiring,
  prototype: object,
  accounts: Accounts<Server>,
  notes: Notes,
  isXds: boolean,
): void {
  for (const name of SHUTDOWNS) {
    const note = (server: object): void => {
      notes.told.set(server, name);
      notes.binding.delete(server);
      notes.look(server);
    };
    // What an xDS server has watched for ends with it; of any other it is told by its sockets whether it has ended.
    if (isXds) accounts.closing(prototype, name, true, note);
    else wireClosing(wiring, prototype, name, accounts, note);
  }
}

/** Notes which method each stream of a server's calls. Older versions are given stream and headers alone. */
function wireHandlers(wiring: Wiring, prototype: object, notes: Notes): void {
  for (const name of ['_channelzHandler', '_streamHandler']) {
    wiring.before(prototype, name, (server, args) => {
      const at = args.findIndex((each) => typeof (asObject(each) as Exports | undefined)?.[':path'] === 'string');
      const stream = asObject(args[at - 1]);
      if (stream === undefined) return;
      notes.methods.set(stream, (args[at] as { ':path': string })[':path']);
      notes.callees.set(stream, server);
    });
  }
}

/** Up to 1.9 a call's deadline is read, and its timer armed, by this method: that timer is the server's. Up to 1.8 a cancelled call leaves it. */
function wireDeadlines(wiring: Wiring, exports: Exports, accounts: Accounts<Server>, notes: Notes): boolean {
  const prototype = prototypeOf(exports, 'Http2ServerCallStream');
  if (prototype === undefined) return prototypeOf(exports, 'ServerUnaryCallImpl') !== undefined;
  wiring.wrap(
    prototype,
    'receiveMetadata',
    (original) =>
      function (this: object, ...args: unknown[]): unknown {
        const stream = wiring.active ? asObject(field(this, 'stream')) : undefined;
        const server = stream && notes.callees.get(stream);
        return wiring.recorder.within(accounts.get(server)?.holding, () => original.apply(this, args));
      },
  );
  return true;
}

/**
 * How far a call's handler has come. Whether it is at work, or has gone without a word, nobody can tell: a handler is not asked for
 * a promise, and one that never answers is what deadlines are tried on. So it is no finding by itself, but what a server waits for;
 * what becomes of it once nobody waits is asked of the heap (`handlers.ts`).
 */
const answered = (stream: object): string =>
  (stream as { readonly headersSent?: boolean }).headersSent === true ? 'ended' : 'answered';

/** Servers of `@grpc/grpc-js`: bound and not shut down, on their way down and waiting, or shut down with connections left. */
const servers: Probe = {
  name: 'grpc-servers',
  kinds: {
    'grpc-server': {
      noun: 'a gRPC server',
      plural: 'gRPC servers',
      opened: 'started',
      closed: 'shut down',
      remedy: 'Shut it down with `server.tryShutdown(done)` or `server.forceShutdown()`',
      pooled: true,
    },
  },
  start(recorder, realm) {
    const wiring = Wiring.of(recorder, realm);
    const accounts = wiring.accounts<Server>(true);
    const drainTimers = new DrainTimers(wiring);
    const channels = channelsOf(wiring);
    const listed = new ChannelzListings(wiring);
    const notes = new Notes();
    const watch = watchOf(wiring, notes);
    wiring.whenLoaded('server', (exports) => {
      const xds = prototypeOf(exports, 'XdsServer');
      const prototype = prototypeOf(exports, 'Server') ?? xds;
      if (prototype === undefined) return false;
      if (prototype === xds) wireWatching(wiring, prototype, accounts, watch);
      else wireBinding(wiring, prototype, accounts, watch, notes);
      wireShutdown(wiring, prototype, accounts, notes, prototype === xds);
      wireHandlers(wiring, prototype, notes);
      return true;
    });
    wiring.whenLoaded('server-call', (exports) => wireDeadlines(wiring, exports, accounts, notes));
    return {
      drain: () => drainTimers.end(accounts.known()),
      letGo(isAsked) {
        if (!channels.isAnyOpen && ![...accounts.known()].some(isServing)) listed.strike(isAsked);
      },
      refine(identity, opening) {
        drainTimers.see(identity, opening);
        // The stream is Node's; which call it carries is gRPC's to know.
        const method = notes.methods.get(identity.subject);
        if (method !== undefined)
          return { ...identity, detail: `call ${method}  its handler has not ${answered(identity.subject)} it` };
        const { parents = [] } = identity;
        const owners = parents.flatMap((parent) => notes.servers.get(parent) ?? []);
        return owners.length === 0 ? identity : { ...identity, parents: [...parents, ...owners] };
      },
      stop: () => wiring.stop(),
    };
  },
};

export default servers;
