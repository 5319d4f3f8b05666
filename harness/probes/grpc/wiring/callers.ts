import { basename } from 'node:path';
import type { AnyFunction } from '../../patching/wrap';
import type { Wiring } from './wiring';

/** Where gRPC hands a call on to what does it: who asks for it is further out. */
const PASSING_ON = new Set(['subchannel-interface.js', 'internal-channel.js', 'index.js']);

/** There are no more of those, one within the other, than so many. */
const DEEPEST = 4;

/** Whether code that is none of gRPC's has called `above`, which gRPC may have passed on. */
export function isOutside(wiring: Wiring, above: AnyFunction): boolean {
  for (let steps = 1; steps <= DEEPEST; steps++) {
    const file = wiring.recorder.callerOf(above, steps);
    if (file === undefined) return false;
    if (!wiring.isOwnFile(file)) return true;
    if (!PASSING_ON.has(basename(file))) return false;
  }
  return false;
}
