import channels from 'node:diagnostics_channel';
import { asObject, field } from '../engine/native';
import type { ActiveProbe, Identity, Probe, Recorder, Watch } from '../engine/probe';
import { Patches } from './patching/patch';

/** One of a channel's subscribers, or stores. */
interface Part {
  readonly channel: WeakRef<object>;
  /** A function, or an `AsyncLocalStorage`. */
  readonly who: WeakRef<object>;
}

/** Somebody on a channel. It holds neither channel nor subscriber. */
interface Subscription {
  /** What it was called on: a tracing channel may be gone before its five channels. */
  readonly channel: WeakRef<object>;
  readonly way: 'subscribe' | 'bindStore' | 'trace';
  readonly label: string;
  /** It is on while any of them is. */
  readonly parts: readonly Part[];
  /** Made again since: the later one answers. */
  superseded: boolean;
}

const PHASES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

/** A tracing channel is five channels, and its handlers as many functions. */
function partsOf(channel: object, who: object, way: Subscription['way']): readonly Part[] {
  if (way !== 'trace') return [{ channel: new WeakRef(channel), who: new WeakRef(who) }];
  return PHASES.flatMap((phase) => {
    const [on, handler] = [asObject(Reflect.get(channel, phase)), asObject(Reflect.get(who, phase))];
    return on === undefined || handler === undefined ? [] : [{ channel: new WeakRef(on), who: new WeakRef(handler) }];
  });
}

function isPartOn(part: Part, way: Subscription['way']): boolean {
  const on = part.channel.deref();
  const who = part.who.deref();
  if (on === undefined || who === undefined) return false;
  if (way === 'bindStore')
    return (field(on, '_stores') as ReadonlyMap<unknown, unknown> | undefined)?.has(who) ?? false;
  return ((field(on, '_subscribers') as readonly unknown[] | undefined) ?? []).includes(who);
}

const isOn = ({ parts, way, superseded }: Subscription): boolean =>
  !superseded && parts.some((part) => isPartOn(part, way));

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
    const { way, label, parts } = subscription;
    const inner = opening?.inner;
    if (opening?.frames.length === 0 || (inner !== undefined && inner !== 'node:diagnostics_channel')) return undefined;
    return {
      kind: 'channel-subscription',
      subject: subscription,
      label,
      remedy: REMEDIES[way],
      release: () => {
        for (const { channel, who } of parts) {
          const [on, each] = [channel.deref() as Record<string, (who: object) => void> | undefined, who.deref()];
          if (each !== undefined) on?.[UNDO[way]]?.(each);
        }
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
        const what = { channel: new WeakRef(on), way, label: nameOf(on, way), parts: partsOf(on, subscriber, way) };
        const subscription: Subscription = { ...what, superseded: false };
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
