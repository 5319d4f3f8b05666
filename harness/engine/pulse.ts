import { AsyncResource as AsyncResourceNow } from 'node:async_hooks';

// Captured: a test may replace it.
const AsyncResource = AsyncResourceNow;

/** The async type of a beat. Nobody else's: no probe watches it. */
export const PULSE = 'LEAKGATE_PULSE';

/** Tells whether Node still reports new resources to the ledger. A test can reach Node's own counters, and switch every hook off. */
export class Pulse {
  /** Beats that the ledger's hook was told of. */
  heard = 0;

  /** What is wrong, if a beat is not heard. One resource is made; nothing refers to it afterwards. */
  missing(): Error | undefined {
    const before = this.heard;
    new AsyncResource(PULSE);
    if (this.heard !== before) return undefined;
    const error = new Error('a test switched async_hooks off, so what was opened since then was not seen.');
    // The sentence says it all; a stack of ours would only hide it.
    error.stack = error.message;
    return error;
  }
}
