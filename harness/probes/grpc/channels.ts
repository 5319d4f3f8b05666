import { asObject, field } from '../../engine/native';
import type { Opening } from '../../engine/opening';
import type { Probe, Watch } from '../../engine/probe';
import { counted } from '../../model/sentence';
import { type Account, type Accounts, prototypeOf, UNKNOWN } from './wiring/accounts';
import { connectivity } from './wiring/connectivity';
import { drainsByItself, endPause, isResolved, pauseOf } from './wiring/pauses';
import { poolsOf } from './wiring/pools';
import { Registrations } from './wiring/registrations';
import { type Exports, Wiring } from './wiring/wiring';

/** The parts of an `InternalChannel` that are read: it is what a client's channel comes to, in every version from 1.8. */
export interface InternalChannel {
  getTarget(): string;
  /** Since 1.2. */
  getChannelzRef?(): { readonly id: number };
  close(): void;
}

/** Public calls of a client that only begin in the caller's tick: what they open comes later, in ticks without a frame of the user's. */
const CLIENT_CALLS = [
  'makeUnaryRequest',
  'makeClientStreamRequest',
  'makeServerStreamRequest',
  'makeBidiStreamRequest',
  'waitForReady',
];

/** Whatever brings the change calls its callback. `waitForReady` goes by it. */
const WATCHING = 'watchConnectivityState';

/** The same of a channel, for who drives one without a client. */
const CHANNEL_CALLS = ['getConnectivityState', WATCHING, 'createCall'];

/**
 * What a channel times by itself. All channels of the file are known, so a timer of that code that is none of theirs is an earlier file's,
 * at work again.
 */
const TIMERS = ['idleTimer', 'callRefTimer'];
const CLIENT_FILE = /[\\/](?:make-)?client\.js$/;
const CHANNEL_FILE = /[\\/]internal-channel\.js$/;

/** What of a channel's own code opens something. */
const OWN_CODE = [
  'createCall',
  'createInnerCall',
  'getConnectivityState',
  'watchConnectivityState',
  'getConfig',
  'onCallEnd',
];

function detail(channel: InternalChannel, account: Account<InternalChannel>): string {
  const state = account.closed ? 'closed' : connectivity(field(channel, 'connectivityState'));
  const tracker = asObject(
    field(channel, 'callTracker') ?? field(asObject(field(channel, 'channelzInfoTracker')) ?? {}, 'callTracker'),
  );
  const started = tracker === undefined ? undefined : field(tracker, 'callsStarted');
  const inFlight = field(channel, 'callCount');
  const calls =
    typeof started === 'number' && typeof inFlight === 'number'
      ? `, ${counted(started, 'call')} (${inFlight} in flight)`
      : '';
  const id = channel.getChannelzRef?.().id;
  return `channel${id === undefined ? '' : ` #${id}`}  ${state}${calls}`;
}

const clearTimeout = globalThis.clearTimeout;

/** What resolves its name, and has a policy for what comes of that. */
const resolvingOf = (channel: InternalChannel): object => asObject(field(channel, 'resolvingLoadBalancer')) ?? {};

/** Whoever waits for a change of its state is not told of this one: `waitForReady` would have it connect again (1.14.7). */
function letGo(channel: InternalChannel | undefined): void {
  if (channel === undefined) return;
  const watchers = field(channel, 'connectivityStateWatchers');
  const waiting: unknown[] = Array.isArray(watchers) ? watchers.splice(0) : [];
  for (const each of waiting) {
    const timer = field(asObject(each) ?? {}, 'timer');
    clearTimeout(timer as NodeJS.Timeout | undefined);
  }
  channel.close();
  // In 1.8 its end would bring the channel back, with a policy whose subchannel is gone: the next call is then tried for ever in one tick.
  endPause(resolvingOf(channel), 'backoffTimeout');
}

/** A client makes its own channel. Who has made one without a client, as wrappers of clients do, closes the channel. */
const madeByClient = ({ frames }: Opening): boolean =>
  frames.every(({ origin }) => origin === 'user') || frames.some(({ file }) => CLIENT_FILE.test(file));

const watchOf = (wiring: Wiring): Watch => ({
  // By the books and not by reachability: a client that was never used has no handle, and a collection is not its `close()`.
  state: (resource) => ((resource as Account<InternalChannel>).closed ? 'released' : 'open'),
  identify(resource) {
    const account = resource as Account<InternalChannel>;
    const channel = account.subject?.deref();
    return {
      kind: 'grpc-channel',
      subject: channel ?? account,
      label: `to ${account.name}`,
      ...(channel === undefined ? {} : { detail: detail(channel, account) }),
      made: true,
      release: () => wiring.releasing(() => letGo(channel)),
    };
  },
  isOwnCode: wiring.isOwnCode,
  lasting: {
    of: (resource) => (resource as Account<InternalChannel>).subject?.deref(),
    isOver: () => true,
    describe: (thing) => ({ kind: 'grpc-channel', ...labelled(channelsOf(wiring).get(thing)?.name) }),
    made: true,
  },
});

const labelled = (name: string | undefined) => (name === undefined ? {} : { label: `to ${name}` });

const isFunction = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === 'function';

/** `127.0.0.1:80` is `dns:127.0.0.1:80` to the channel; what the user wrote is what they recognise. */
const targetOf = (args: readonly unknown[]): string => String(args[0]);

/** Makes each call of a method an act of its caller, and the code of the channel that it is `of`. */
function asActs(
  wiring: Wiring,
  channels: Accounts<InternalChannel>,
  exports: Exports,
  type: string,
  names: readonly string[],
  of: (self: object) => unknown,
): boolean {
  const prototype = prototypeOf(exports, type);
  if (prototype === undefined) return false;
  for (const name of names) {
    wiring.wrap(prototype, name, (original) => {
      const wrapper = function (this: object, ...args: unknown[]): unknown {
        const { recorder } = wiring;
        const holding = channels.get(of(this))?.holding;
        const handed = name === WATCHING ? args.map((arg) => (isFunction(arg) ? recorder.calledBack(arg) : arg)) : args;
        const run = (): unknown => recorder.within(holding, () => original.apply(this, handed));
        return recorder.act(wrapper, name === 'createCall' ? () => wiring.creatingCall(run) : run);
      };
      return wrapper;
    });
  }
  return true;
}

/** Client channels of `@grpc/grpc-js`: a client is one. Idle, connecting, in backoff or never used, it is open until it is closed. */
const channels: Probe = {
  name: 'grpc-channels',
  kinds: {
    'grpc-channel': {
      noun: 'a gRPC client channel',
      plural: 'gRPC client channels',
      opened: 'opened',
      closed: 'closed',
      remedy: 'Close it with `client.close()`',
      pooled: true,
    },
  },
  start(recorder, realm) {
    const wiring = Wiring.of(recorder, realm);
    const accounts = channelsOf(wiring);
    const watch = watchOf(wiring);
    const pools = poolsOf(wiring);
    const wire = (exports: Exports, type: string): boolean => {
      const prototype = prototypeOf(exports, type);
      if (prototype === undefined) return false;
      accounts.methods(prototype, OWN_CODE);
      accounts.closing(prototype, 'close', true);
      return accounts.ofClass(exports, type, watch, () => UNKNOWN, targetOf);
    };
    wiring.whenLoaded('internal-channel', (exports) => wire(exports, 'InternalChannel'));
    // Up to 1.7 the public channel does all of it.
    wiring.whenLoaded(
      'channel',
      (exports, besides) => besides('internal-channel') || wire(exports, 'ChannelImplementation'),
    );
    const acts = (module: string, type: string, names: readonly string[], of: (self: object) => unknown): void =>
      wiring.whenLoaded(module, (exports) => asActs(wiring, accounts, exports, type, names, of));
    const loggers = new Registrations(wiring);
    wiring.whenLoaded('logging', (exports, besides) => {
      if (!besides('make-client') || typeof exports.setLogger !== 'function') return false;
      loggers.watch(exports, 'setLogger', blankLogger);
      return true;
    });
    const nothing = (): undefined => undefined;
    acts('client', 'Client', CLIENT_CALLS, nothing);
    acts('channel', 'ChannelImplementation', CHANNEL_CALLS, (self) => field(self, 'internalChannel'));
    // Interceptors run between the user's call and the channel's: the line is that of the call, whoever wrote them.
    wiring.whenLoaded('client-interceptors', (exports) => {
      wiring.wrap(exports, 'getInterceptingCall', (original) => {
        const wrapper = (...args: unknown[]): unknown => recorder.act(wrapper, () => original(...args));
        return wrapper;
      });
      return true;
    });
    const isOthers = (timer: object, opening: Opening | undefined): boolean => {
      if (opening === undefined || !CHANNEL_FILE.test(opening.frames[0]?.file ?? '')) return false;
      if (!wiring.isOwnCode(opening.frames)) return false;
      for (const channel of accounts.known()) if (TIMERS.some((name) => field(channel, name) === timer)) return false;
      return true;
    };
    /** The pause before a name is resolved again does nothing when it fires and nobody has asked for that. */
    const drains = (timer: object): boolean =>
      drainsByItself(
        timer,
        accounts.known(),
        (channel) => [pauseOf(resolvingOf(channel), 'backoffTimeout')],
        (channel) => isResolved(resolvingOf(channel)),
      );
    return {
      refine(identity, opening) {
        if (identity.kind === 'grpc-channel' && opening !== undefined && !madeByClient(opening))
          return { ...identity, remedy: 'Close it with `channel.close()`' };
        if (identity.facts?.delayMs === undefined) return identity;
        const { subject } = identity;
        return isOthers(subject, opening) || drains(subject) ? undefined : identity;
      },
      modulesLoaded: () => wiring.search(),
      moduleLoading: () => wiring.moduleLoading(),
      audit() {
        const [unseen] = wiring.unmet('internal-channel', 'channel', 'subchannel', 'load-balancer');
        // Silence would pass for a clean file.
        if (unseen !== undefined)
          throw new Error(`${unseen} is not as any grpc-js known so far: what it opens cannot be seen`);
        return [];
      },
      // Every closed client leaves its subchannels in the pool for its next sweep, 10 s later at the most: sweep now.
      drain() {
        pools.sweep();
      },
      letGo() {
        // A pause that comes to nothing keeps its channel for a second, and with it all that its test file knows.
        for (const channel of accounts.known()) {
          const resolving = resolvingOf(channel);
          if (accounts.get(channel)?.closed === true && isResolved(resolving)) endPause(resolving, 'backoffTimeout');
        }
        if (!accounts.isAnyOpen) loggers.withdraw();
      },
      stop: () => wiring.stop(),
    };
  },
};

/** What `setLogger` takes: a logger that keeps silent. */
const blankLogger = (): readonly unknown[] => [{ error() {}, info() {}, debug() {} }];

const byWiring = new WeakMap<Wiring, Accounts<InternalChannel>>();

/** The channels of a test file: other probes ask which of them hold a subchannel, or made a call. */
export function channelsOf(wiring: Wiring): Accounts<InternalChannel> {
  let accounts = byWiring.get(wiring);
  if (accounts === undefined) {
    accounts = wiring.accounts<InternalChannel>(true);
    byWiring.set(wiring, accounts);
  }
  return accounts;
}

export default channels;
