import { asObject, field } from '../../engine/native';
import type { Opening } from '../../engine/opening';
import type { Holding, Identity, Probe, Watch } from '../../engine/probe';
import { packageOf } from '../../model/frame';
import { channelsOf, type InternalChannel } from './channels';
import { heldBy, sessionOf } from './subchannels';
import { type Account, type Accounts, isGone, type Known, prototypeOf, subjectOf, UNKNOWN } from './wiring/accounts';
import { Wiring } from './wiring/wiring';

/** The parts of a `ResolvingCall` that are read: it is what every client call comes to, in every version from 1.8. */
interface ResolvingCall {
  cancelWithStatus(status: number, details: string): void;
  listener?: unknown;
}

/** What of a call's own code opens something: streams, and the timers of deadlines, retries and hedging. */
const OWN_CODE = ['getConfig', 'sendMessageWithContext', 'startRead', 'halfClose'];

/** The user's call of the channel tells where it is made. */
const ACTED: Known = { acted: true };

/** gRPC's own number for it. */
const CANCELLED = 1;

/** The HTTP/2 streams of its attempts. */
function streamsOf(call: object): object[] {
  const retrying = asObject(field(call, 'child'));
  const attempts = retrying === undefined ? undefined : field(retrying, 'underlyingCalls');
  if (!Array.isArray(attempts)) return [];
  return attempts.flatMap((attempt: unknown) => {
    const balanced = asObject(field(asObject(attempt) ?? {}, 'call'));
    const sent = balanced === undefined ? undefined : asObject(field(balanced, 'child'));
    return (sent === undefined ? undefined : asObject(field(sent, 'http2Stream'))) ?? [];
  });
}

/** Whether a call has a timer of that name: up to 1.13 a cleared one stands for none. */
function isTimed(call: object, name: string): boolean {
  const timer = asObject(field(call, name));
  return timer !== undefined && field(timer, '_destroyed') !== true;
}

/** What it has timers for. */
function timing(call: object): string {
  const retrying = asObject(field(call, 'child')) ?? {};
  const deadline = isTimed(call, 'deadlineTimer') ? ', has a deadline' : '';
  const isDue = ['retryTimer', 'hedgingTimer'].some((name) => isTimed(retrying, name));
  return `${deadline}${isDue ? ', another attempt is due' : ''}`;
}

/** The sessions of its attempts, if its channel is closed and no other has them: they are there for this call alone. */
function sessionsHeldBy(streams: readonly object[], channel: object | undefined, channels: Accounts<InternalChannel>) {
  if (channel === undefined || channels.get(channel)?.closed !== true) return [];
  const shared = new Set<unknown>();
  for (const thing of channels.open()) for (const each of heldBy(thing)) shared.add(sessionOf(each));
  return streams.flatMap((stream) => {
    const session = asObject((stream as { session?: unknown }).session);
    return session === undefined || shared.has(session) ? [] : [session];
  });
}

/** Whether gRPC itself called, for a purpose of its own: the xDS client's stream is no call of the user's. */
function isOwnCall({ holding }: Account<ResolvingCall>, opening: Opening | undefined, wiring: Wiring): boolean {
  if (wiring.isWithinOwn(holding)) return true;
  const frames = opening?.frames ?? [];
  const caller = frames.find(({ file }) => packageOf(file) !== packageOf(frames[0]?.file ?? ''));
  return caller !== undefined && wiring.isOwnCode([caller]);
}

/** Ends it without a word to whoever still listens: an error nobody handles would end the process. */
function cancelQuietly(call: ResolvingCall): void {
  const silent = (): void => {};
  call.listener = { onReceiveMetadata: silent, onReceiveMessage: silent, onReceiveStatus: silent };
  call.cancelWithStatus(CANCELLED, 'Cancelled after its test');
}

const watchOf = (wiring: Wiring, accounts: Accounts<ResolvingCall>): Watch => ({
  state(resource) {
    const account = resource as Account<ResolvingCall>;
    const call = account.subject?.deref();
    const isDone = account.closed || (call !== undefined && field(call, 'ended') === true);
    return isDone || isGone(account) ? 'released' : 'open';
  },
  identify(resource, opening): Identity {
    const account = resource as Account<ResolvingCall>;
    const call = account.subject?.deref();
    const named = { kind: 'grpc-call', subject: call ?? account, label: account.name, made: true };
    if (call === undefined) return named;
    const channel = asObject(field(call, 'channel'));
    const streams = streamsOf(call);
    return {
      ...named,
      detail: `call ${account.name}  ${account.closed ? 'ended' : `neither ended nor cancelled${timing(call)}`}`,
      parents: channel === undefined ? [] : [channel],
      separate: !isOwnCall(account, opening, wiring),
      children: [...streams, ...sessionsHeldBy(streams, channel, channelsOf(wiring))],
      release: () => cancelQuietly(call),
    };
  },
  isOwnCode: wiring.isOwnCode,
  lasting: {
    of: subjectOf,
    isOver: () => true,
    describe: (thing) => ({ kind: 'grpc-call', label: accounts.get(thing)?.name ?? '' }),
    made: true,
  },
});

/** What starts a call is an act of its caller, and the call's own code. */
function wireStart(wiring: Wiring, prototype: object, accounts: Accounts<ResolvingCall>): void {
  const { recorder } = wiring;
  wiring.wrap(prototype, 'start', (original) => {
    // Generated clients keep the client's own methods from before anybody could wrap them, but all of them come by here.
    const wrapper = function (this: object, ...args: unknown[]): unknown {
      const holding = accounts.get(this)?.holding;
      return recorder.act(wrapper, () => recorder.within(holding, () => original.apply(this, args)), holding);
    };
    return wrapper;
  });
}

/**
 * The pause before another attempt is armed in a tick of the connection's, so what armed it is looked up: up to 1.13 it stays when the
 * call is over, and then makes that attempt all the same.
 */
function wireRetries(wiring: Wiring, prototype: object, accounts: Accounts<ResolvingCall>): void {
  const callOf = (retrying: object): Holding | undefined => {
    for (const call of accounts.open()) if (field(call, 'child') === retrying) return accounts.get(call)?.holding;
    return undefined;
  };
  wiring.wrap(
    prototype,
    'maybeRetryCall',
    (original) =>
      function (this: object, ...args: unknown[]): unknown {
        const holding = wiring.active ? wiring.look('maybeRetryCall', () => callOf(this)) : undefined;
        return wiring.recorder.within(holding, () => original.apply(this, args));
      },
  );
}

/**
 * The pause before a hedged call is tried once more stays when the call has its answer, and does nothing when it fires; unless the call
 * was cancelled, up to 1.13: that attempt is made all the same.
 *
 * @returns whether a timer is such a pause, of a call that is not hedged any more
 */
function wireHedging(wiring: Wiring, prototype: object): (timer: object) => boolean {
  const hedged = new WeakMap<object, WeakRef<object>>();
  wiring.wrap(
    prototype,
    'maybeStartHedgingTimer',
    (original) =>
      function (this: object, ...args: unknown[]): unknown {
        const result = original.apply(this, args);
        const timer = wiring.active ? asObject(field(this, 'hedgingTimer')) : undefined;
        if (timer !== undefined) hedged.set(timer, new WeakRef(this));
        return result;
      },
  );
  return (timer) => {
    const call = hedged.get(timer)?.deref();
    return call !== undefined && field(call, 'state') !== 'HEDGING';
  };
}

/** Client calls of `@grpc/grpc-js`, of all four kinds: each has to end, or to be cancelled. */
const calls: Probe = {
  name: 'grpc-calls',
  kinds: {
    'grpc-call': {
      noun: 'a gRPC call',
      plural: 'gRPC calls',
      opened: 'started',
      closed: 'ended',
      remedy: 'Wait for its end, or cancel it with `call.cancel()`,',
      pooled: true,
    },
  },
  start(recorder, realm) {
    const wiring = Wiring.of(recorder, realm);
    const accounts = wiring.accounts<ResolvingCall>();
    const watch = watchOf(wiring, accounts);
    const drains: ((timer: object) => boolean)[] = [];
    // A call that a call of the user's makes on its way is the library's: its line is its own.
    const known = (): Known => (wiring.creatingCalls === 1 ? ACTED : UNKNOWN);
    wiring.whenLoaded('resolving-call', (exports) => {
      const prototype = prototypeOf(exports, 'ResolvingCall');
      if (prototype === undefined) return false;
      wireStart(wiring, prototype, accounts);
      accounts.methods(prototype, OWN_CODE);
      // What a call that has its status still holds is the library's doing.
      accounts.closing(prototype, 'outputStatus', false);
      return accounts.ofClass(exports, 'ResolvingCall', watch, known, ([, method]) => String(method));
    });
    wiring.whenLoaded('retrying-call', (exports) => {
      const prototype = prototypeOf(exports, 'RetryingCall');
      if (prototype === undefined) return false;
      wireRetries(wiring, prototype, accounts);
      drains.push(wireHedging(wiring, prototype));
      return true;
    });
    const isDone = (timer: object): boolean => drains.some((drain) => drain(timer));
    return {
      refine: (identity) => (identity.facts?.delayMs !== undefined && isDone(identity.subject) ? undefined : identity),
      stop: () => wiring.stop(),
    };
  },
};

export default calls;
