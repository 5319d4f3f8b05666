import { asObject, field } from '../../engine/native';
import type { Probe, Watch } from '../../engine/probe';
import { channelsOf } from './channels';
import { type Account, isGone, MADE, subjectOf } from './wiring/accounts';
import { callingWithin } from './wiring/calling-within';
import { drainsByItself, isResolved, pauseOf } from './wiring/pauses';
import { Registrations } from './wiring/registrations';
import { Wiring } from './wiring/wiring';

const clearTimeout = globalThis.clearTimeout;

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
    const registrations = new Registrations(wiring);
    wiring.whenLoaded('resolver', (exports) => {
      if (typeof exports.createResolver !== 'function') return false;
      registrations.watch(exports, 'registerResolver', blankResolver);
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
    const pausesOf = (each: object): readonly unknown[] => [
      field(each, 'nextResolutionTimer'),
      pauseOf(each, 'backoff'),
    ];
    const drains = (timer: object): boolean => drainsByItself(timer, accounts.known(), pausesOf, isResolved);
    /** Up to half a minute long, they keep the server, and with it all that its test file knows. */
    function endPauses(): void {
      for (const resolver of accounts.known()) {
        if (channels.isOpen(accounts.get(resolver)?.holding?.within) || !isResolved(resolver)) continue;
        for (const timer of pausesOf(resolver)) clearTimeout(timer as NodeJS.Timeout | undefined);
      }
    }
    return {
      refine: (identity) => (identity.facts?.delayMs !== undefined && drains(identity.subject) ? undefined : identity),
      letGo() {
        endPauses();
        if (!channels.isAnyOpen) registrations.withdraw();
      },
      stop: () => wiring.stop(),
    };
  },
};

/** What `registerResolver` takes: a resolver that never has news. */
function blankResolver([scheme]: readonly unknown[]): readonly unknown[] {
  function Resolver(): object {
    return { updateResolution() {}, destroy() {} };
  }
  Resolver.getDefaultAuthority = () => '';
  return [scheme, Resolver];
}

const nameOf = (target: unknown): string => {
  const { scheme, path } = (asObject(target) ?? {}) as { scheme?: unknown; path?: unknown };
  return [scheme, path].filter((part) => typeof part === 'string' && part !== '').join(':');
};

export default resolvers;
