import { asObject } from '../engine/native';
import type { Probe, Recorder } from '../engine/probe';
import { wrap } from './patching/wrap';

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

/** Makes each call of a method an act of its caller. Returns what puts the method back. */
const asAct = (prototype: object, name: string, recorder: Recorder): (() => void) =>
  wrap(prototype, name, (original) => {
    const wrapped = function (this: unknown, ...args: unknown[]): unknown {
      return recorder.act(wrapped, () => original.apply(this, args));
    };
    return wrapped;
  });

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
    const actsOf = (prototype: object | undefined, names: readonly string[]): void => {
      if (prototype === undefined || wrapped.has(prototype)) return;
      wrapped.add(prototype);
      undo.push(...names.map((name) => asAct(prototype, name, recorder)));
    };
    return {
      modulesLoaded() {
        for (const each of realm.loaded(
          /@grpc[\\/]grpc-js[\\/]build[\\/]src[\\/](?:client|channel|resolving-call|server|load-balancer-child-handler)\.js$/,
        )) {
          actsOf(prototypeOf(each, 'Client'), CALLS);
          actsOf(prototypeOf(each, 'ChannelImplementation'), CHANNEL_CALLS);
          actsOf(prototypeOf(each, 'ResolvingCall'), CALL_STARTS);
          actsOf(prototypeOf(each, 'Server'), SERVER_CALLS);
          actsOf(prototypeOf(each, 'ChildLoadBalancerHandler'), BALANCER_CALLS);
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
