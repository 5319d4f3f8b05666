import stream, { type Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { asObject, field } from '../engine/native';
import type { ActiveProbe, Identity, Probe } from '../engine/probe';
import { wrap } from './patching/wrap';

type Ends = NonNullable<Identity['ends']>;

const sides = new WeakMap<object, Omit<Ends, 'accepted'>>();
let pairs = 0;

function note([one, other]: readonly Duplex[]): void {
  const name = `pair ${++pairs}`;
  if (one !== undefined) sides.set(one, { own: `${name}, one`, other: `${name}, other` });
  if (other !== undefined) sides.set(other, { own: `${name}, other`, other: `${name}, one` });
}

/** The ends of a TLS connection over one of a pair; `undefined` if it is over something else. */
function endsOf(socket: TLSSocket): Ends | undefined {
  const handle = asObject((socket as { readonly _handle?: unknown })._handle);
  const beneath = handle === undefined ? undefined : asObject(field(handle, '_parentWrap'));
  const side = beneath === undefined ? undefined : asObject(field(beneath, 'stream'));
  const ends = side === undefined ? undefined : sides.get(side);
  const options = asObject(field(socket, '_tlsOptions'));
  return ends && { ...ends, accepted: options !== undefined && field(options, 'isServer') === true };
}

/** Which streams `stream.duplexPair()` has made for each other: they do not tell, and a connection over them is one thing. */
const duplexPairs: Probe = {
  name: 'duplex-pairs',
  kinds: {},
  start(): ActiveProbe {
    const stop = wrap(stream, 'duplexPair', (original) => {
      const duplexPair = function (this: unknown, ...args: unknown[]): readonly Duplex[] {
        const pair: readonly Duplex[] = original.apply(this, args);
        note(pair);
        return pair;
      };
      return duplexPair;
    });
    return {
      stop,
      refine(identity) {
        const { subject } = identity;
        const ends = subject instanceof TLSSocket ? endsOf(subject) : undefined;
        return ends === undefined ? identity : { ...identity, ends };
      },
    };
  },
};

export default duplexPairs;
