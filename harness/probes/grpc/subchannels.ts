import { asObject, field } from '../../engine/native';
import type { Identity, Probe, Watch } from '../../engine/probe';
import { counted } from '../../model/sentence';
import { channelsOf } from './channels';
import { type Account, isGone, MADE, prototypeOf, subjectOf } from './wiring/accounts';
import { connectivity } from './wiring/connectivity';
import { drainsByItself, isPausing, pauseOf } from './wiring/pauses';
import { poolsOf } from './wiring/pools';
import { References } from './wiring/references';
import { Wiring } from './wiring/wiring';

/** The parts of a `Subchannel` that are read. */
interface Subchannel {
  /** Since 1.2. */
  getChannelzRef?(): { readonly id: number };
  unref(): void;
}

/** What of a subchannel's own code connects. */
const OWN_CODE = [
  'startConnecting',
  'resetBackoff',
  'handleBackoffTimer',
  'startConnectingInternal',
  'transitionToState',
  'transitionToDisconnected',
];

const references = (subchannel: object): number => {
  const count = field(subchannel, 'refcount');
  return typeof count === 'number' ? count : 0;
};

const addressOf = (subchannel: object): string => {
  const address = field(subchannel, 'subchannelAddressString');
  return typeof address === 'string' ? address : '';
};

/** A subchannel's address as its constructor is given it. */
function written(address: unknown): string {
  const { host, port, path } = (asObject(address) ?? {}) as { host?: unknown; port?: unknown; path?: unknown };
  return typeof host === 'string' ? `${host}:${String(port)}` : typeof path === 'string' ? path : '';
}

function detail(subchannel: Subchannel): string {
  const state = connectivity(field(subchannel, 'connectivityState'));
  const id = subchannel.getChannelzRef?.().id;
  return `subchannel${id === undefined ? '' : ` #${id}`}  ${addressOf(subchannel)}  ${state}, ${counted(references(subchannel), 'reference')}`;
}

/** The channel's wrappers of subchannels, through to the subchannels themselves. */
export function* heldBy(channel: object): Iterable<object> {
  const wrappers = field(channel, 'wrappedSubchannels');
  if (!(wrappers instanceof Set) && Object.prototype.toString.call(wrappers) !== '[object Set]') return;
  for (const each of wrappers as Set<unknown>) {
    let inner = asObject(each);
    for (let child = inner; child !== undefined; child = asObject(field(child, 'child'))) inner = child;
    if (inner !== undefined) yield inner;
  }
}

/**
 * Whether a channel that is open goes by it: another test's perhaps, which would see its calls fail. Before 1.9 a channel does not tell
 * which subchannels are its own; there, anybody who is told of its state counts.
 */
function isInUse(subchannel: object, open: Iterable<object>): boolean {
  const listeners = field(subchannel, 'stateListeners');
  const isHeard = Array.isArray(listeners) && listeners.length > 0;
  return [...open].some((channel) =>
    field(channel, 'wrappedSubchannels') === undefined ? isHeard : [...heldBy(channel)].includes(subchannel),
  );
}

/** The HTTP/2 session of its connection, if it has one. */
export function sessionOf(subchannel: object): object | undefined {
  const transport = asObject(field(subchannel, 'transport'));
  return transport === undefined ? undefined : asObject(field(transport, 'session'));
}

/** Subchannels of `@grpc/grpc-js`: one connection to one backend, shared by reference count. */
const subchannels: Probe = {
  name: 'grpc-subchannels',
  kinds: {
    'grpc-subchannel': {
      noun: 'a gRPC subchannel',
      plural: 'gRPC subchannels',
      opened: 'opened',
      closed: 'released',
      remedy: 'Release every reference to it with `unref()`',
      pooled: true,
    },
  },
  start(recorder, realm) {
    const wiring = Wiring.of(recorder, realm);
    const accounts = wiring.accounts<Subchannel>();
    const channels = channelsOf(wiring);
    const pools = poolsOf(wiring);
    const taken = new References(wiring);
    const holders = (subchannel: object): object[] =>
      [...channels.open()].flatMap((thing) => ([...heldBy(thing)].includes(subchannel) ? [thing] : []));
    const watch: Watch = {
      state(resource) {
        const account = resource as Account<Subchannel>;
        const subchannel = account.subject?.deref();
        const isDone = account.closed || (subchannel !== undefined && references(subchannel) <= 0);
        return isDone || isGone(account) ? 'released' : 'open';
      },
      identify(resource): Identity {
        const account = resource as Account<Subchannel>;
        const subchannel = account.subject?.deref();
        const label = account.name === '' ? '' : `to ${account.name}`;
        const named = { kind: 'grpc-subchannel', subject: subchannel ?? account, label, made: true };
        if (subchannel === undefined) return named;
        const session = sessionOf(subchannel);
        const heldAt = taken.takenAt(subchannel);
        return {
          ...named,
          detail: detail(subchannel),
          ...(heldAt === undefined ? {} : { heldAt }),
          sharedBy: holders(subchannel),
          children: session === undefined ? [] : [session],
          release() {
            if (isInUse(subchannel, channels.open())) return;
            // The pool's own reference is the pool's to give up: it would hand out what has none left.
            const pooled = pools.has(subchannel) ? 1 : 0;
            for (let left = references(subchannel); left > pooled; left--) subchannel.unref();
            if (pooled > 0) pools.sweep();
          },
        };
      },
      isOwnCode: wiring.isOwnCode,
      lasting: {
        of: subjectOf,
        // The pool keeps it until it is swept, and may hand it out again; and what paces its attempts keeps it to its end.
        isOver: (thing) => references(thing) <= 0 && !isPausing(thing, 'backoffTimeout'),
        describe: (thing) => ({ kind: 'grpc-subchannel', label: `to ${addressOf(thing)}` }),
        made: true,
        part: true,
      },
    };
    /**
     * The timer that bounds a connection attempt, or spaces attempts out, drains by itself where nobody refers to the subchannel: it
     * may have been told to try once more, and nobody is left to tell it again. Should that attempt meet a backend that is there by
     * then, it leaves a connection that nobody ends, and that is a finding.
     */
    const drains = (timer: object): boolean =>
      drainsByItself(
        timer,
        accounts.open(),
        (each) => [pauseOf(each, 'backoffTimeout')],
        (each) => references(each) <= 0,
      );
    wiring.whenLoaded('subchannel', (exports) => {
      const prototype = prototypeOf(exports, 'Subchannel');
      if (prototype === undefined) return false;
      accounts.methods(prototype, OWN_CODE);
      taken.watch(prototype);
      return accounts.ofClass(
        exports,
        'Subchannel',
        watch,
        () => MADE,
        (args) => written(args[1]),
      );
    });
    return {
      refine: (identity) => (identity.facts?.delayMs !== undefined && drains(identity.subject) ? undefined : identity),
      stop: () => wiring.stop(),
    };
  },
};

export default subchannels;
