import { Resolver } from 'node:dns';
import { asObject, asyncIdOf, field } from '../../engine/native';
import { Patches } from '../patching/patch';

/** What a resolver sends its queries over: its own, or that of the functions of `node:dns`, which nothing public can cancel. */
interface Channel {
  /** Ends every query that is under way over it. */
  cancel(): void;
}

/** The queries sent over one channel, those that are over among them until it is swept. */
interface Sent {
  queries: WeakRef<object>[];
  sweepAt: number;
}

const SWEEP_AT = 32;

const channels = new WeakMap<object, WeakRef<Channel>>();
const sent = new WeakMap<Channel, Sent>();
const givenUp = new WeakSet<object>();
/** Those that could not be cancelled when one of their queries was given up. */
const spared = new Set<WeakRef<Channel>>();

let prototype: object | undefined;

/** What all channels inherit; `undefined` in a Node that shows none. All realms share it. */
function channelPrototype(): object | undefined {
  if (prototype === undefined) {
    const channel = asObject(field(new Resolver(), '_handle'));
    if (typeof (channel as Partial<Channel> | undefined)?.cancel !== 'function') return undefined;
    prototype = Object.getPrototypeOf(channel) as object;
  }
  return prototype;
}

const awaited = (query: WeakRef<object>): boolean => {
  const object = query.deref();
  return object !== undefined && !givenUp.has(object) && asyncIdOf(object) > 0;
};

/** @returns whether it could: nobody else awaits an answer over it */
function cancelled(channel: Channel): boolean {
  if (sent.get(channel)?.queries.some(awaited) === true) return false;
  channel.cancel();
  return true;
}

function note(channel: Channel, query: object): void {
  if (channels.has(query)) return;
  channels.set(query, new WeakRef(channel));
  const record = sent.get(channel) ?? { queries: [], sweepAt: SWEEP_AT };
  sent.set(channel, record);
  record.queries.push(new WeakRef(query));
  if (record.queries.length < record.sweepAt) return;
  record.queries = record.queries.filter(awaited);
  record.sweepAt = Math.max(SWEEP_AT, 2 * record.queries.length);
}

/**
 * Notes weakly which query goes over which channel. Nothing in JavaScript leads from a query to the resolver that can cancel it, and
 * the functions of `node:dns` share a resolver that they do not show.
 *
 * @returns takes the patches back, and cancels what could not be cancelled before
 * @throws if a channel is frozen
 */
export function watchChannels(): () => void {
  const patches = new Patches();
  const target = channelPrototype();
  for (const name of target === undefined ? [] : Object.getOwnPropertyNames(target)) {
    if (target === undefined || !/^(?:query[A-Z]|getHostByAddr$)/.test(name)) continue;
    patches.method(target, name, (self, [query], call) => {
      const channel = asObject(self);
      const request = asObject(query);
      if (channel !== undefined && request !== undefined) note(channel as Channel, request);
      return call();
    });
  }
  return () => {
    patches.restore();
    for (const reference of spared) {
      const channel = reference.deref();
      if (channel === undefined || cancelled(channel)) spared.delete(reference);
    }
  };
}

/**
 * How to end a query that nobody awaits any more; `undefined` if its channel is not known. A channel can only be cancelled as a
 * whole: that is done when none of its queries is awaited by anybody else, at the latest when the file is over. Whoever sent the query is
 * not told: its callback would run, or its promise reject, in the time of another test.
 */
export function endOf(query: object): (() => void) | undefined {
  const channel = channels.get(query)?.deref();
  if (channel === undefined) return undefined;
  return () => {
    givenUp.add(query);
    Reflect.set(query, 'oncomplete', () => {});
    if (!cancelled(channel)) spared.add(new WeakRef(channel));
  };
}
