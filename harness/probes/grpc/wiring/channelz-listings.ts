import { asObject } from '../../../engine/native';
import type { Wiring } from './wiring';

type Strike = (ref: unknown) => unknown;

/** A number and a name each, which lead to nobody, with what strikes them off. */
type Listed = Map<object, Strike>;

/**
 * What channelz lists of servers and sockets. A server is listed from its making to its shutdown, and one that a test makes and never
 * binds has nothing to be shut down; in 1.8 a client's connection stays listed for ever. Either leads to handlers and callbacks, and so
 * to all that their test file knows: nothing of it is ever collected, and only a snapshot of the heap could tell that nobody lists any of it.
 */
export class ChannelzListings {
  readonly #servers: Listed = new Map();
  readonly #sockets: Listed = new Map();

  constructor(wiring: Wiring) {
    wiring.whenLoaded('channelz', (exports) => {
      const { registerChannelzServer, registerChannelzSocket, unregisterChannelzRef: strike } = exports;
      if (typeof registerChannelzServer !== 'function' || typeof strike !== 'function') return false;
      const noting =
        (listings: Listed) =>
        (original: Strike) =>
        (...args: [unknown]): unknown => {
          const ref = original(...args);
          const listed = asObject(ref);
          if (wiring.active && listed !== undefined) listings.set(listed, strike as Strike);
          return ref;
        };
      wiring.wrap(exports, 'registerChannelzServer', noting(this.#servers));
      if (typeof registerChannelzSocket === 'function')
        wiring.wrap(exports, 'registerChannelzSocket', noting(this.#sockets));
      wiring.wrap(exports, 'unregisterChannelzRef', (original) => (ref: unknown): unknown => {
        const known = asObject(ref);
        if (known !== undefined) for (const listings of [this.#servers, this.#sockets]) listings.delete(known);
        return original(ref);
      });
      return true;
    });
  }

  /**
   * Takes them off the list. To be done where no server is bound any more, and no channel open.
   * @param isAsked sockets stay: that such a one is kept is what somebody may have asked about
   */
  strike(isAsked: boolean): void {
    for (const listings of isAsked ? [this.#servers] : [this.#servers, this.#sockets]) {
      for (const [ref, strike] of listings) strike(ref);
      listings.clear();
    }
  }
}
