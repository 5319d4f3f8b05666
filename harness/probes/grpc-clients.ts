import { asObject } from '../engine/native';
import type { Probe, Recorder } from '../engine/probe';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Public calls of a client that only begin in the caller's tick: what they open comes later, in ticks without a frame of the user's. */
const CALLS = [
  'makeUnaryRequest',
  'makeClientStreamRequest',
  'makeServerStreamRequest',
  'makeBidiStreamRequest',
  'waitForReady',
] as const;

/** The same of a channel, for who drives one without a client. */
const CHANNEL_CALLS = ['getConnectivityState', 'watchConnectivityState', 'createCall'] as const;

/** What every call of a generated client comes to: those keep the client's own methods from before anybody could wrap them. */
const CALL_STARTS = ['start'] as const;

/** And of a server: the port is bound behind promises. */
const SERVER_CALLS = ['bindAsync'] as const;

/** And of a balancer driven through the experimental API: what it is given to connect to. */
const BALANCER_CALLS = ['updateAddressList', 'exitIdle'] as const;

/** Wraps methods of a prototype so that each call is an act of its caller. Returns what puts them back. */
function wrapCalls(prototype: object, names: readonly string[], recorder: Recorder): () => void {
  const undo: (() => void)[] = [];
  for (const name of names) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    const original = descriptor?.value as Method | undefined;
    if (descriptor === undefined || typeof original !== 'function' || descriptor.configurable !== true) continue;
    const wrapped: Method = function (this: unknown, ...args: unknown[]): unknown {
      return recorder.act(wrapped, () => original.apply(this, args));
    };
    Object.defineProperty(wrapped, 'name', { value: original.name, configurable: true });
    Object.defineProperty(wrapped, 'length', { value: original.length, configurable: true });
    Object.defineProperty(prototype, name, { ...descriptor, value: wrapped });
    undo.push(() => {
      if (Object.getOwnPropertyDescriptor(prototype, name)?.value === wrapped) {
        Object.defineProperty(prototype, name, descriptor);
      }
    });
  }
  return () => {
    for (const each of undo) each();
  };
}

const prototypeOf = (exported: unknown, name: string): object | undefined => {
  const type = (asObject(exported) as Record<string, unknown> | undefined)?.[name];
  return typeof type === 'function' ? asObject(type.prototype) : undefined;
};

interface SubchannelPool {
  unrefUnusedSubchannels(): void;
}

/**
 * The lines behind what `@grpc/grpc-js` opens, and the idle subchannels its global pool keeps by design.
 * Wraps the copies the tests have loaded, never loads one.
 */
const grpcClients: Probe = {
  name: 'grpc-clients',
  kinds: {},
  start(recorder, realm) {
    const wrapped = new WeakSet<object>();
    const undo: (() => void)[] = [];
    const wrap = (prototype: object | undefined, names: readonly string[]): void => {
      if (prototype === undefined || wrapped.has(prototype)) return;
      wrapped.add(prototype);
      undo.push(wrapCalls(prototype, names, recorder));
    };
    return {
      modulesLoaded() {
        for (const each of realm.loaded(
          /@grpc[\\/]grpc-js[\\/]build[\\/]src[\\/](?:client|channel|resolving-call|server|load-balancer-child-handler)\.js$/,
        )) {
          wrap(prototypeOf(each, 'Client'), CALLS);
          wrap(prototypeOf(each, 'ChannelImplementation'), CHANNEL_CALLS);
          wrap(prototypeOf(each, 'ResolvingCall'), CALL_STARTS);
          wrap(prototypeOf(each, 'Server'), SERVER_CALLS);
          wrap(prototypeOf(each, 'ChildLoadBalancerHandler'), BALANCER_CALLS);
        }
      },
      // Every closed client leaves its subchannels in the pool for its next sweep, 10 s later at the most: sweep now.
      drain() {
        for (const each of realm.loaded(/@grpc[\\/]grpc-js[\\/]build[\\/]src[\\/]subchannel-pool\.js$/)) {
          const get = (asObject(each) as { getSubchannelPool?: (global: boolean) => SubchannelPool } | undefined)
            ?.getSubchannelPool;
          get?.(true).unrefUnusedSubchannels();
        }
      },
      stop() {
        for (const each of undo) each();
      },
    };
  },
};

export default grpcClients;
