import { asObject, field, nativeLives, nativeState, slot } from '../engine/native';
import type { Identity, Probe, Watch } from '../engine/probe';
import { endOf, watchChannels } from './pending/dns-channels';

type Request = object & { readonly hostname?: unknown };

/** A native request or job that is under way: its callback is its own. A synchronous call leaves none and is over by now. */
const inFlight = (
  kind: string,
  callback: string,
  describe: (request: Request) => Pick<Identity, 'label' | 'remedy' | 'release'>,
): Watch => ({
  state: (resource, asyncId) =>
    typeof (resource as Record<string, unknown>)[callback] === 'function' && nativeLives(resource, asyncId)
      ? 'open'
      : 'released',
  identify: (resource) => ({ kind, subject: resource, momentary: true, ...describe(resource) }),
});

const asked = ({ hostname }: Request): string => (typeof hostname === 'string' ? `for ${hostname}` : '');

/** The system's own resolver, which nothing can cancel. */
const lookup = inFlight('dns-query', 'oncomplete', (request) => ({ label: asked(request), remedy: 'Await it' }));
const query = inFlight('dns-query', 'oncomplete', (request) => {
  const release = endOf(request);
  return { label: asked(request), ...(release && { release }) };
});

/**
 * A crypto job. One with a callback is under way as long as its native object lives. Without one it is `crypto.subtle`'s, from Node 24
 * on, which settles its promise natively, or a synchronous call's, which is over and lingers until a collection. Node makes the latter in
 * functions with a name, the former in arrow functions (measured on 24 and 26): of what is left only a collection can tell.
 */
const job: Watch = {
  state: nativeState,
  identify(resource, opening) {
    const isCalledBack = typeof (resource as { ondone?: unknown }).ondone === 'function';
    if (!isCalledBack && opening?.innerFn !== '') return undefined;
    return {
      kind: 'crypto-job',
      subject: resource,
      momentary: true,
      collectable: !isCalledBack,
      label: `(${resource.constructor.name.replace(/Job$/, '')})`,
    };
  },
};

type Stream = object & { readonly bytesWritten: number; readonly writableLength: number; destroy(): void };

/**
 * Whether nothing was ever written to a stream. Only at the first write does the engine take memory of its own, 256 kB for a `Gzip`
 * (measured on Node 20 to 26), that only a close or a collection frees; before that it is an object like any other.
 */
const isUnused = ({ bytesWritten, writableLength }: Stream): boolean => bytesWritten === 0 && writableLength === 0;

const zlib: Watch = {
  state(resource, asyncId) {
    if (!nativeLives(resource, asyncId)) return 'released';
    const owner = asObject(slot(resource, 'owner_symbol')) as { destroyed?: boolean; _handle?: object } | undefined;
    return owner === undefined || owner.destroyed === true || owner._handle !== resource ? 'released' : 'open';
  },
  identify(resource) {
    const owner = asObject(slot(resource, 'owner_symbol')) as Stream | undefined;
    if (owner === undefined) return undefined;
    // The functions that take a callback put it on the stream they make.
    const isJob = typeof field(owner, 'cb') === 'function';
    return {
      collectable: isUnused(owner),
      kind: isJob ? 'zlib-job' : 'zlib-stream',
      subject: owner,
      momentary: isJob,
      label: `(${owner.constructor.name})`,
      release: () => owner.destroy(),
    };
  },
};

/** DNS queries, crypto jobs and open zlib streams. */
const pending: Probe = {
  name: 'pending',
  kinds: {
    'dns-query': {
      noun: 'a DNS query',
      plural: 'DNS queries',
      opened: 'sent',
      closed: 'answered',
      remedy: 'Await it, or send it by a `dns.Resolver` of its own and call `resolver.cancel()`,',
      pooled: true,
    },
    'crypto-job': {
      noun: 'a crypto job',
      plural: 'crypto jobs',
      opened: 'started',
      closed: 'finished',
      remedy: 'Await it',
      pooled: false,
    },
    'zlib-job': {
      noun: 'a zlib job',
      plural: 'zlib jobs',
      opened: 'started',
      closed: 'finished',
      remedy: 'Await it',
      pooled: false,
    },
    'zlib-stream': {
      noun: 'a zlib stream',
      plural: 'zlib streams',
      opened: 'opened',
      closed: 'ended',
      remedy: 'End it with `stream.end()` and read it out, or call `stream.destroy()`,',
      pooled: true,
    },
  },
  asyncTypes: {
    GETADDRINFOREQWRAP: lookup,
    GETNAMEINFOREQWRAP: lookup,
    QUERYWRAP: query,
    CHECKPRIMEREQUEST: job,
    CIPHERREQUEST: job,
    DERIVEBITSREQUEST: job,
    HASHREQUEST: job,
    KEYEXPORTREQUEST: job,
    KEYGENREQUEST: job,
    KEYPAIRGENREQUEST: job,
    PBKDF2REQUEST: job,
    RANDOMBYTESREQUEST: job,
    RANDOMPRIMEREQUEST: job,
    SCRYPTREQUEST: job,
    SIGNREQUEST: job,
    VERIFYREQUEST: job,
    ZLIB: zlib,
  },
  start: () => ({ stop: watchChannels() }),
};

export default pending;
