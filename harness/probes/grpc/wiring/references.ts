import type { Frame } from '../../../model/frame';
import type { AnyFunction } from '../../patching/wrap';
import { isOutside } from './callers';
import type { Wiring } from './wiring';

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
