import { isModulesForGood } from '../engine/module-timers';
import { asObject } from '../engine/native';
import type { Opening } from '../engine/opening';
import type { Identity, Liveness, Probe } from '../engine/probe';
import { duration } from '../model/sentence';
import { endSleeps, LONGEST_MS, putOff } from './handles/sleeps';
import { PatchedTimers } from './patching/patched-timers';

/** A `Timeout` as Node makes it. Its fields are read, and never changed but for those of a sleep that is put off. */
interface NodeTimeout {
  readonly _onTimeout: unknown;
  readonly _destroyed: boolean;
  readonly _idleTimeout: number;
  readonly _idleNext: object | null | undefined;
  readonly _repeat: number | null;
  hasRef(): boolean;
}

interface NodeImmediate {
  readonly _onImmediate: unknown;
  readonly _destroyed: boolean;
}

/** Node modules whose timers are the user's own doing, called through another name. Any other module's timers are its plumbing. */
const PUBLIC_FACES = new Set(['node:timers/promises', 'node:internal/util']);

const isPlumbing = (opening: Opening | undefined): boolean =>
  opening?.inner !== undefined && !PUBLIC_FACES.has(opening.inner);

const ABORT = 'Abort it through the `signal` option, or await it,';
const LEAVE_LOOP =
  'Leave its loop with `break`, call `return()` on its iterator, or abort it through the `signal` option,';

const END_IT = 'End what % armed it for (cancel, clear, close or unmount that)';

let idSymbol: symbol | undefined;

/** The async id that a timer has now. Asked again and again of every timer there is, so it is read directly: it is data. */
function idOf(timer: object): unknown {
  idSymbol ??= Object.getOwnPropertySymbols(timer).find(({ description }) => description === 'asyncId');
  return idSymbol === undefined ? undefined : (timer as Record<symbol, unknown>)[idSymbol];
}

function timeoutState(resource: object, asyncId: number): Liveness {
  const timer = resource as NodeTimeout;
  if (timer._destroyed || timer._idleNext === null || timer._idleNext === undefined) return 'released';
  // `refresh()` after firing arms the same object again, under a new id.
  const id = idOf(timer);
  return id === undefined || id === asyncId ? 'open' : 'released';
}

/**
 * Whether it is one of the timers that Node arms for its sockets, one or more a request. All others are made with a reference, and at
 * most lose it later; but for those of `timers/promises`, which call a promise's `resolve`, and that has no name.
 */
function isUnrefdFromBirth(resource: object): boolean {
  const { _onTimeout: callback } = resource as NodeTimeout;
  return typeof callback === 'function' && callback.name !== '' && !(resource as NodeTimeout).hasRef();
}

/**
 * What a page was asked for when it armed the timer: intervals it makes of timeouts, each armed by the one before with nobody's code
 * on the stack, and the frames of an animation of an interval.
 */
function askedOfPage(opening: Opening): 'interval' | 'animation-frame' | undefined {
  const { page, frames } = opening;
  if (page === undefined) return undefined;
  if (/\brequestAnimationFrame$/.test(page)) return 'animation-frame';
  return /\bsetInterval$/.test(page) || frames.length === 0 ? 'interval' : undefined;
}

/** A library arms such a timer when it is used for the first time, and lets the process end without it: a sweep of what it remembers. */
function isLibrarys(timer: NodeTimeout, opening: Opening | undefined): boolean {
  const [first] = opening?.frames ?? [];
  const callback = asObject(timer._onTimeout);
  return first?.origin === 'library' && callback !== undefined && isModulesForGood(timer, callback, first.file);
}

function identifyTimeout(resource: object, opening: Opening | undefined): Identity | undefined {
  if (isPlumbing(opening)) return undefined;
  const timer = resource as NodeTimeout;
  const refd = timer.hasRef();
  // Without a stack nobody can tell Node's own timers from the user's, save that Node unrefs all of its own.
  if (opening === undefined && !refd) return undefined;
  const asked = opening === undefined ? undefined : askedOfPage(opening);
  // Told of at the end of the file: what is told of is ended, and the page would draw no frame any more, whoever asks for one.
  if (asked === 'animation-frame') return { kind: asked, subject: resource, repeats: true, pool: 'private' };
  // Whoever asks a page for the longest delay there is means never, and it goes with the page.
  if (opening?.page !== undefined && timer._idleTimeout === LONGEST_MS) return undefined;
  const repeats = asked === 'interval' || (timer._repeat !== null && timer._repeat !== undefined);
  const promised = opening?.inner === 'node:timers/promises' && opening.frames[0]?.origin !== 'library';
  return {
    kind: repeats ? 'interval' : 'timeout',
    subject: resource,
    label: `of ${duration(timer._idleTimeout)}${refd ? '' : " (unref'd)"}`,
    facts: { delayMs: timer._idleTimeout, unref: !refd },
    repeats,
    ...(refd ? {} : { isLibrarys: () => isLibrarys(timer, opening) }),
    ...(promised ? { remedy: repeats ? LEAVE_LOOP : ABORT } : {}),
    release: () => {
      const armed = resource as unknown as NodeJS.Timeout;
      if (promised && !repeats) putOff(armed);
      else clearTimeout(armed);
    },
  };
}

/** A minute: what libraries arm for a call or a connection attempt is over sooner. */
const LONG_MS = 60_000;

const clearTimeout = globalThis.clearTimeout;
const clearImmediate = globalThis.clearImmediate;

/** `setTimeout`, `setInterval`, `setImmediate` and their promise forms, ref'd and unref'd. */
const timers: Probe = {
  name: 'timers',
  kinds: {
    timeout: {
      noun: 'a timeout',
      plural: 'timeouts',
      opened: 'armed',
      closed: 'cleared',
      remedy: 'Clear it with `clearTimeout(timer)`',
      remedyWithin: END_IT,
      pooled: false,
    },
    interval: {
      noun: 'an interval',
      plural: 'intervals',
      opened: 'armed',
      closed: 'cleared',
      remedy: 'Clear it with `clearInterval(timer)`',
      remedyWithin: END_IT,
      pooled: true,
    },
    'animation-frame': {
      noun: 'an animation frame',
      plural: 'animation frames',
      opened: 'requested',
      closed: 'cancelled',
      remedy: 'Cancel it with `cancelAnimationFrame(id)`',
      remedyWithin: END_IT,
      pooled: true,
    },
    immediate: {
      noun: 'an immediate that re-arms itself',
      plural: 'immediates',
      opened: 'armed',
      closed: 'cleared',
      remedy: 'Stop the chain, or clear it with `clearImmediate(immediate)`',
      pooled: false,
    },
  },
  asyncTypes: {
    Timeout: {
      state: timeoutState,
      identify: identifyTimeout,
      callback: (resource) => (resource as NodeTimeout)._onTimeout,
      isNodes: isUnrefdFromBirth,
      isPlumbing,
      lasts: (resource) => {
        const { _idleTimeout: delayMs, _repeat: repeat } = resource as NodeTimeout;
        return delayMs >= LONG_MS || (repeat !== null && repeat !== undefined);
      },
      transient: true,
    },
    Immediate: {
      state: (resource) => ((resource as NodeImmediate)._destroyed ? 'released' : 'open'),
      identify: (resource, opening) =>
        isPlumbing(opening)
          ? undefined
          : {
              kind:
                opening !== undefined && askedOfPage(opening) === 'animation-frame' ? 'animation-frame' : 'immediate',
              subject: resource,
              repeats: true,
              release: () => {
                clearImmediate(resource as unknown as NodeJS.Immediate);
              },
            },
      callback: (resource) => (resource as NodeImmediate)._onImmediate,
      isPlumbing,
      transient: true,
      incidental: true,
    },
  },
  start(_, { global }) {
    const patched = new PatchedTimers(global);
    return {
      refine(identity, opening) {
        const words = timers.kinds[identity.kind];
        if (words?.remedyWithin === undefined || identity.remedy !== undefined) return identity;
        return patched.armed(opening) ? { ...identity, remedy: words.remedy } : identity;
      },
      letGo: endSleeps,
      stop: endSleeps,
    };
  },
};

export default timers;
