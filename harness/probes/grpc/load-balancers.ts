import { asObject } from '../../engine/native';
import type { Probe, Watch } from '../../engine/probe';
import { channelsOf } from './channels';
import { type Account, type Accounts, isGone, MADE, prototypeOf, subjectOf } from './wiring/accounts';
import { callingWithin } from './wiring/calling-within';
import { Registrations } from './wiring/registrations';
import { type Exports, Wiring } from './wiring/wiring';

/** The interface every policy implements, the stock ones and the user's own. */
const POLICY_CODE = ['updateAddressList', 'exitIdle', 'resetBackoff'];
const LEAF_CODE = ['startConnecting', 'updateEndpoint', 'exitIdle', 'resetBackoff'];

const KIND = 'grpc-load-balancer';

const nounOf = ({ name }: Account<object>): string => `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name} policy`;

const watchOf = (registrars: ReadonlyMap<string, string>, accounts: Accounts<object>): Watch => ({
  state(resource) {
    const account = resource as Account<object>;
    return account.closed || isGone(account) ? 'released' : 'open';
  },
  identify(resource) {
    const account = resource as Account<object>;
    const balancer = account.subject?.deref() as { destroy?(): void } | undefined;
    const file = registrars.get(account.name);
    return {
      kind: KIND,
      subject: balancer ?? account,
      noun: nounOf(account),
      detail: `${account.name}${account.closed ? '  destroyed' : ''}`,
      made: true,
      ...(file === undefined ? {} : { implementedIn: file }),
      // Its channel's closing has destroyed it already: a second time it would give up what is no longer its own.
      release() {
        if (!account.closed) balancer?.destroy?.();
      },
    };
  },
  telling: true,
  // A policy calls nobody but through its helper, and that is told apart: in its own context all is its doing, a user's policy's too.
  isOwnCode: () => true,
  lasting: {
    of: subjectOf,
    isOver: () => true,
    describe(thing) {
      const account = accounts.get(thing);
      return account === undefined ? { kind: KIND } : { kind: KIND, noun: nounOf(account) };
    },
    made: true,
    part: true,
  },
});

const nameOf = (config: unknown): string => {
  const named = asObject(config) as { getLoadBalancerName?(): unknown } | undefined;
  return String(named?.getLoadBalancerName?.() ?? 'unnamed');
};

function wireFactory(wiring: Wiring, accounts: Accounts<object>, watch: Watch, exports: Exports): boolean {
  if (typeof exports.createLoadBalancer !== 'function') return false;
  wiring.wrap(exports, 'createLoadBalancer', (original) => {
    const wrapper = function (this: unknown, config: unknown, helper: unknown, ...rest: unknown[]): unknown {
      let made: unknown;
      // Through its helper a policy calls back into what made it, often in a tick that began in a subchannel: that code is its maker's.
      const asMaker = <T>(fn: () => T): T => wiring.recorder.within(accounts.get(made)?.holding?.within, fn);
      const look = <T>(fn: () => T): T | undefined => wiring.look('createLoadBalancer', fn);
      const tied = look(() => callingWithin(helper, asMaker, 'createSubchannel')) ?? helper;
      const name = look(() => nameOf(config)) ?? 'unnamed';
      made = accounts.make(watch, name, wrapper, MADE, () => original.apply(this, [config, tied, ...rest]));
      look(() => {
        const policy = asObject(made);
        if (policy === undefined) return;
        accounts.methods(policy, POLICY_CODE);
        accounts.closing(policy, 'destroy', false);
      });
      return made;
    };
    return wrapper;
  });
  return true;
}

/** What `registerLoadBalancerType` takes: a policy that does nothing, and its config. */
function blankPolicy([name]: readonly unknown[]): readonly unknown[] {
  const nothing = (): void => {};
  const policy = { updateAddressList: () => true, exitIdle: nothing, resetBackoff: nothing, destroy: nothing };
  const config = { getLoadBalancerName: () => name, toJsonObject: () => ({ [String(name)]: {} }) };
  function Policy(): object {
    return { ...policy, getTypeName: () => name };
  }
  function Config(): object {
    return config;
  }
  Config.createFromJson = () => config;
  return [name, Policy, Config];
}

/** Load balancing policies: whatever is made by name, and the leaves that other policies make for their backends. */
const loadBalancers: Probe = {
  name: 'grpc-load-balancers',
  kinds: {
    [KIND]: {
      noun: 'a load balancing policy',
      plural: 'load balancing policies',
      opened: 'created',
      closed: 'destroyed',
      remedy: 'Destroy it with `balancer.destroy()`',
      pooled: true,
    },
  },
  start(recorder, realm) {
    const wiring = Wiring.of(recorder, realm);
    const accounts = wiring.accounts<object>();
    const channels = channelsOf(wiring);
    const registrations = new Registrations(wiring);
    // Which file registered a policy: gRPC's own are there before anybody looks.
    const registrars = new Map<string, string>();
    const watch = watchOf(registrars, accounts);
    wiring.whenLoaded('load-balancer', (exports) => {
      registrations.watch(exports, 'registerLoadBalancerType', blankPolicy, (name, file) => registrars.set(name, file));
      return wireFactory(wiring, accounts, watch, exports);
    });
    // Older versions have no leaves: there policies hold their subchannels themselves.
    wiring.whenLoaded('load-balancer-pick-first', (exports) => {
      const prototype = prototypeOf(exports, 'LeafLoadBalancer');
      if (prototype === undefined) return prototypeOf(exports, 'PickFirstLoadBalancer') !== undefined;
      accounts.methods(prototype, LEAF_CODE);
      accounts.closing(prototype, 'destroy', false);
      return accounts.ofClass(
        exports,
        'LeafLoadBalancer',
        watch,
        () => MADE,
        () => 'pick_first',
      );
    });
    // The policies of grpc-js-xds arm timers of their own.
    wiring.whenLoaded('xds-client', ({ XdsClient }) => typeof XdsClient === 'function');
    return {
      letGo() {
        if (!channels.isAnyOpen) registrations.withdraw();
      },
      stop: () => wiring.stop(),
    };
  },
};

export default loadBalancers;
