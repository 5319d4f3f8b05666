import { asObject } from '../../../engine/native';
import type { AnyFunction } from '../../patching/wrap';
import { isOutside } from './callers';
import type { Exports, Wiring } from './wiring';

/** What code of the tests has given a copy of the library to keep. It is held weakly. */
interface Registration {
  /** Gives the library something to keep: each time it takes the place of what was given before. */
  readonly give: (args: readonly unknown[]) => void;
  readonly given: readonly (WeakRef<object> | string | undefined)[];
  /** Does nothing, and leads to nobody. */
  readonly blank: readonly unknown[];
}

/**
 * What tests have registered with a library for good: a policy, a resolver, a logger. Nothing takes such a thing off again, and a class
 * or a function of a test file leads to all that the file knows: nothing the file has closed is ever collected, and only a snapshot
 * of the heap could tell that nobody lists any of it.
 */
export class Registrations {
  readonly #wiring: Wiring;
  readonly #byPlace = new Map<string, Registration>();
  #lentOut: Registration[] = [];
  #copies = 0;

  /** Gives all back that was taken when the probes are done. */
  constructor(wiring: Wiring) {
    this.#wiring = wiring;
    wiring.atEnd(() => this.#restore());
  }

  /**
   * Notes what is registered by an exported function, unless the library registers its own.
   * @param blank what may stand in its place when nobody is left to ask for it, by the arguments
   * @param registered is told the name, and the file whose code registers it
   */
  watch(
    exports: Exports,
    name: string,
    blank: (args: readonly unknown[]) => readonly unknown[],
    registered?: (key: string, file: string) => void,
  ): void {
    const wiring = this.#wiring;
    const copy = this.#copies++;
    wiring.wrap(exports, name, (original) => {
      const look = (above: AnyFunction, args: readonly unknown[]): void => {
        const [first] = args;
        const key = typeof first === 'string' ? first : '';
        const file = wiring.recorder.callerOf(above);
        if (file !== undefined) registered?.(key, file);
        if (!isOutside(wiring, above)) return;
        const given = args.map((each) => (typeof each === 'string' ? each : weak(each)));
        this.#byPlace.set(`${copy} ${key}`, { give: (again) => void original(...again), given, blank: blank(args) });
      };
      const wrapper = function (this: unknown, ...args: unknown[]): unknown {
        if (wiring.active) wiring.look(name, () => look(wrapper, args));
        return original.apply(this, args);
      };
      return wrapper;
    });
  }

  /** Takes it all from the library. To be done where nobody is left who could ask for it. */
  withdraw(): void {
    for (const registration of this.#byPlace.values()) {
      registration.give(registration.blank);
      this.#lentOut.push(registration);
    }
    this.#byPlace.clear();
  }

  /** Gives back what is still there. */
  #restore(): void {
    for (const { give, given } of this.#lentOut) {
      const args = given.map((each) => (each instanceof WeakRef ? each.deref() : each));
      if (args.every((each) => each !== undefined)) give(args);
    }
    this.#lentOut = [];
  }
}

function weak(value: unknown): WeakRef<object> | undefined {
  const object = asObject(value);
  return object === undefined ? undefined : new WeakRef(object);
}
