import channels from 'node:diagnostics_channel';
import { asObject, field } from '../engine/native';
import type { ActiveProbe, Identity, Probe, Recorder, Watch } from '../engine/probe';
import { Patches } from './patching/patch';

/** Somebody on a channel. It holds neither channel nor subscriber. */
interface Subscription {
  readonly channel: WeakRef<object>;
  /** A subscriber, an `AsyncLocalStorage`, or the handlers of a tracing channel. */
  readonly subscriber: WeakRef<object>;
  readonly way: 'subscribe' | 'bindStore' | 'trace';
  /** Made again since: the later one answers. */
  superseded: boolean;
}

const PHASES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

const subscribersOf = (channel: object): readonly unknown[] =>
  (field(channel, '_subscribers') as readonly unknown[] | undefined) ?? [];

/** A tracing channel is five channels; it is subscribed to while any of them is. */
function isTraced(tracing: object, handlers: object): boolean {
  return PHASES.some((phase) => {
    const channel = asObject(Reflect.get(tracing, phase));
    const handler: unknown = Reflect.get(handlers, phase);
    return channel !== undefined && typeof handler === 'function' && subscribersOf(channel).includes(handler);
  });
}

function isOn({ channel, subscriber, way, superseded }: Subscription): boolean {
  if (superseded) return false;
  const on = channel.deref();
  const who = subscriber.deref();
  if (on === undefined || who === undefined) return false;
  switch (way) {
    case 'subscribe':
      return subscribersOf(on).includes(who);
    case 'bindStore':
      return (field(on, '_stores') as ReadonlyMap<unknown, unknown> | undefined)?.has(who) ?? false;
    case 'trace':
      return isTraced(on, who);
  }
}

const UNDO = { subscribe: 'unsubscribe', bindStore: 'unbindStore', trace: 'unsubscribe' } as const;

const REMEDIES = {
  subscribe: 'End it with `channel.unsubscribe(subscriber)`',
  bindStore: 'Unbind the store with `channel.unbindStore(store)`',
  trace: 'End it with `tracingChannel.unsubscribe(handlers)`',
} as const;

function nameOf(channel: object, way: Subscription['way']): string {
  const named = way === 'trace' ? (asObject(Reflect.get(channel, 'start')) ?? channel) : channel;
  const name = field(named, 'name');
  if (typeof name !== 'string') return name === undefined ? '' : `to ${String(name)}`;
  return `to "${way === 'trace' ? name.replace(/^tracing:(.*):start$/, '$1') : name}"`;
}

const subscriptionWatch: Watch = {
  state: (resource) => (isOn(resource as Subscription) ? 'open' : 'released'),
  identify(resource, opening): Identity | undefined {
    const subscription = resource as Subscription;
    const { way } = subscription;
    const channel = subscription.channel.deref();
    const subscriber = subscription.subscriber.deref();
    if (channel === undefined || subscriber === undefined) return undefined;
    const inner = opening?.inner;
    if (opening?.frames.length === 0 || (inner !== undefined && inner !== 'node:diagnostics_channel')) return undefined;
    return {
      kind: 'channel-subscription',
      subject: subscription,
      label: nameOf(channel, way),
      remedy: REMEDIES[way],
      release: () => {
        (channel as Record<string, (who: object) => void>)[UNDO[way]]?.(subscriber);
      },
    };
  },
};

/** The prototypes that channels take turns to have: one while nobody listens, one while somebody does. */
function channelPrototypes(): object[] {
  const channel = channels.channel(Symbol('leakgate'));
  const noop = (): void => {};
  const idle = Object.getPrototypeOf(channel) as object;
  channel.subscribe(noop);
  const active = Object.getPrototypeOf(channel) as object;
  channel.unsubscribe(noop);
  return [...new Set([idle, active])];
}

/** Subscriptions to diagnostics channels, which are the whole process's. */
const diagnosticsChannels: Probe = {
  name: 'diagnostics-channels',
  kinds: {
    'channel-subscription': {
      noun: 'a diagnostics channel subscription',
      plural: 'diagnostics channel subscriptions',
      opened: 'made',
      closed: 'ended',
      remedy: 'End it with `channel.unsubscribe(subscriber)`',
      pooled: true,
    },
  },
  start(recorder: Recorder): ActiveProbe {
    const patches = new Patches();
    const bySubscriber = new WeakMap<object, Subscription[]>();
    const watch = (target: object, method: string, way: Subscription['way']): void =>
      patches.method(target, method, (self, args, call, wrapper) => {
        const on = asObject(self);
        const subscriber = asObject(args[0]);
        const result = call();
        if (on === undefined || subscriber === undefined) return result;
        const others = bySubscriber.get(subscriber) ?? [];
        for (const other of others) other.superseded ||= other.way === way && other.channel.deref() === on;
        const channel = new WeakRef(on);
        const subscription: Subscription = { channel, subscriber: new WeakRef(subscriber), way, superseded: false };
        bySubscriber.set(subscriber, [...others.filter((other) => !other.superseded), subscription]);
        recorder.opened({ watch: subscriptionWatch, resource: subscription, keep: true, above: wrapper });
        return result;
      });
    for (const prototype of channelPrototypes()) {
      watch(prototype, 'subscribe', 'subscribe');
      watch(prototype, 'bindStore', 'bindStore');
    }
    watch(Object.getPrototypeOf(channels.tracingChannel('leakgate')) as object, 'subscribe', 'trace');
    return { stop: () => patches.restore() };
  },
};

export default diagnosticsChannels;
