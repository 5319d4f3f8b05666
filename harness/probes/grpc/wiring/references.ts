import { basename } from 'node:path';
import type { Frame } from '../../../model/frame';
import type { AnyFunction } from '../../patching/wrap';
import type { Wiring } from './wiring';

/** Where gRPC hands a reference on to the subchannel beneath: who asks for it is further out. */
const PASSING_ON = new Set(['subchannel-interface.js', 'internal-channel.js']);

/** There are no more of those, one within the other, than so many. */
const DEEPEST = 4;

/** Whether code that is none of gRPC's has called `above`, which gRPC may have passed on. */
function isOutside(wiring: Wiring, above: AnyFunction): boolean {
  for (let steps = 1; steps <= DEEPEST; steps++) {
    const file = wiring.recorder.callerOf(above, steps);
    if (file === undefined) return false;
    if (!wiring.isOwnFile(file)) return true;
    if (!PASSING_ON.has(basename(file))) return false;
  }
  return false;
}

/** References to subchannels that code outside of gRPC has taken and not given back, by subchannel: where each was taken. */
export class References {
  readonly #taken = new WeakMap<object, Frame[]>();
  readonly #wiring: Wiring;

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
  }

  /** Where the last one was taken; `undefined` if all that are left are gRPC's own. */
  takenAt(subchannel: object): Frame | undefined {
    return this.#taken.get(subchannel)?.at(-1);
  }

  /** Watches all subchannels of a copy of gRPC. */
  watch(prototype: object): void {
    this.#watch(prototype, 'ref', (subchannel, above) => this.#take(subchannel, above));
    this.#watch(prototype, 'unref', (subchannel) => this.#taken.get(subchannel)?.pop());
  }

  #watch(prototype: object, name: string, seen: (subchannel: object, above: AnyFunction) => void): void {
    const wiring = this.#wiring;
    wiring.wrap(prototype, name, (original) => {
      const wrapper = function (this: object, ...args: unknown[]): unknown {
        if (wiring.active) {
          wiring.look(name, () => {
            if (isOutside(wiring, wrapper)) seen(this, wrapper);
          });
        }
        return original.apply(this, args);
      };
      return wrapper;
    });
  }

  #take(subchannel: object, above: AnyFunction): void {
    const { opening } = this.#wiring.recorder.beginning(above);
    const frame = opening?.frames.find(({ file }) => !this.#wiring.isOwnFile(file));
    if (frame === undefined) return;
    const taken = this.#taken.get(subchannel);
    if (taken === undefined) this.#taken.set(subchannel, [frame]);
    else taken.push(frame);
  }
}
