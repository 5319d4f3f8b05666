import { asObject, field } from '../../engine/native';
import type { Probe, Watch } from '../../engine/probe';
import { channelsOf } from './channels';
import { type Account, isGone, MADE, subjectOf } from './wiring/accounts';
import { callingWithin } from './wiring/calling-within';
import { drainsByItself, pauseOf } from './wiring/pauses';
import { Wiring } from './wiring/wiring';

/** Name resolvers, the stock ones and those registered through the experimental API. */
const resolvers: Probe = {
  name: 'grpc-resolvers',
  kinds: {
    'grpc-resolver': {
      noun: 'a name resolver',
      plural: 'name resolvers',
      opened: 'created',
      closed: 'destroyed',
      remedy: 'Destroy it with `resolver.destroy()`',
      pooled: true,
    },
  },
  start(recorder, realm) {
    const wiring = Wiring.of(recorder, realm);
    const accounts = wiring.accounts<object>(true);
    const channels = channelsOf(wiring);
    const watch: Watch = {
      state(resource) {
        const account = resource as Account<object>;
        return account.closed || isGone(account) ? 'released' : 'open';
      },
      identify(resource, opening) {
        const account = resource as Account<object>;
        // An open channel's resolver is the channel's business, and tells nothing more.
        if (channels.isOpen(account.holding?.within)) return undefined;
        // Without a channel it is the user's own, or else a server's, which binds its port with one and keeps none.
        if (account.holding?.within === undefined && opening?.frames[0]?.origin !== 'user') return undefined;
        const resolver = account.subject?.deref() as { destroy?(): void } | undefined;
        return {
          kind: 'grpc-resolver',
          subject: resolver ?? account,
          label: `of ${account.name}`,
          made: true,
          release: () => wiring.releasing(() => resolver?.destroy?.()),
        };
      },
      isOwnCode: wiring.isOwnCode,
      lasting: {
        of: subjectOf,
        isOver: () => true,
        describe: (thing) => ({ kind: 'grpc-resolver', label: `of ${accounts.get(thing)?.name ?? ''}` }),
        made: true,
        part: true,
      },
    };
    wiring.whenLoaded('resolver', (exports) => {
      if (typeof exports.createResolver !== 'function') return false;
      wiring.wrap(exports, 'createResolver', (original) => {
        const wrapper = function (this: unknown, target: unknown, listener: unknown, ...rest: unknown[]): unknown {
          let account: Account<object> | undefined;
          // What runs when a resolver has news is the code of the channel it was made for, however late the news comes.
          const look = <T>(fn: () => T): T | undefined => wiring.look('createResolver', fn);
          const asItsChannel = <T>(fn: () => T): T => recorder.within(account?.holding?.within, fn);
          const news = look(() => callingWithin(listener, asItsChannel)) ?? listener;
          const make = (): unknown => original.apply(this, [target, news, ...rest]);
          const made = accounts.make(watch, look(() => nameOf(target)) ?? '', wrapper, MADE, make);
          look(() => {
            account = accounts.get(made);
            const resolver = asObject(made);
            if (resolver === undefined) return;
            accounts.methods(resolver, ['updateResolution']);
            accounts.closing(resolver, 'destroy', false);
            // The oldest ones have nothing to be destroyed.
            if (account !== undefined && !('destroy' in resolver)) accounts.close(account);
          });
          return made;
        };
        return wrapper;
      });
      return true;
    });
    /**
     * A server resolves the address it binds with a resolver it keeps no hold on: the timers that space resolutions out fire once, and
     * do nothing unless somebody has asked for another.
     */
    const drains = (timer: object): boolean =>
      drainsByItself(
        timer,
        accounts.known(),
        (each) => [field(each, 'nextResolutionTimer'), pauseOf(each, 'backoff')],
        (each) => field(each, 'continueResolving') !== true,
      );
    return {
      refine: (identity) => (identity.facts?.delayMs !== undefined && drains(identity.subject) ? undefined : identity),
      stop: () => wiring.stop(),
    };
  },
};

const nameOf = (target: unknown): string => {
  const { scheme, path } = (asObject(target) ?? {}) as { scheme?: unknown; path?: unknown };
  return [scheme, path].filter((part) => typeof part === 'string' && part !== '').join(':');
};

export default resolvers;
