import { asObject } from '../../../engine/native';
import type { Wiring } from './wiring';

type Strike = (ref: unknown) => unknown;

/**
 * What channelz lists of servers and sockets. A server is listed from its making to its shutdown, and one that a test makes and never
 * binds has nothing to be shut down; in 1.8 a client's connection stays listed for ever. Either leads to handlers and callbacks, and so
 * to all that their test file knows: nothing of it is ever collected, and only a snapshot of the heap could tell that nobody lists any of it.
 */
export class ChannelzListings {
  /** A number and a name each, which lead to nobody, with what strikes them off. */
  readonly #listed = new Map<object, Strike>();

  constructor(wiring: Wiring) {
    wiring.whenLoaded('channelz', (exports) => {
      const { registerChannelzServer, registerChannelzSocket, unregisterChannelzRef: strike } = exports;
      if (typeof registerChannelzServer !== 'function' || typeof strike !== 'function') return false;
      const noting =
        (original: Strike) =>
        (...args: [unknown]): unknown => {
          const ref = original(...args);
          const listed = asObject(ref);
          if (wiring.active && listed !== undefined) this.#listed.set(listed, strike as Strike);
          return ref;
        };
      wiring.wrap(exports, 'registerChannelzServer', noting);
      if (typeof registerChannelzSocket === 'function') wiring.wrap(exports, 'registerChannelzSocket', noting);
      wiring.wrap(exports, 'unregisterChannelzRef', (original) => (ref: unknown): unknown => {
        const known = asObject(ref);
        if (known !== undefined) this.#listed.delete(known);
        return original(ref);
      });
      return true;
    });
  }

  /** Takes all of it off the list. To be done where no server is bound any more, and no channel open. */
  strike(): void {
    for (const [ref, strike] of this.#listed) strike(ref);
    this.#listed.clear();
  }
}
