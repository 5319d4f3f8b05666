import { asObject } from '../../engine/native';
import type { ActiveProbe, Identity, Recorder, Watch } from '../../engine/probe';
import { Patches } from './patch';

/** Something with an on and an off; whether it is on is known by its calls. The thing itself is held weakly, where that tells enough. */
interface Switched {
  readonly thing: Pick<WeakRef<object>, 'deref'>;
  off: boolean;
}

/** How a kind of thing is switched on and off, and what to say of it. */
export interface Switch {
  /** Methods that switch it on. */
  readonly on: readonly string[];
  readonly off: readonly string[];
  /** What is on goes on though nobody has the thing any more: then that is held until it is switched off. Default: Node itself holds it. */
  readonly goesOn?: boolean;
  /** `undefined` for what is none of the user's. */
  identify(thing: object): Omit<Identity, 'subject'> | undefined;
}

/** Modules of Node's that are the public face of such things; in any other, Node switches on its own. */
const isPlumbing = (inner: string | undefined, faces: readonly string[]): boolean =>
  inner !== undefined && !faces.includes(inner);

/**
 * Watches things that tell nobody whether they are on: their methods are patched, and put back at the end.
 */
export class Switches implements ActiveProbe {
  readonly #patches = new Patches();
  readonly #on = new WeakMap<object, Switched>();
  readonly #recorder: Recorder;
  readonly #watch: Watch;
  readonly #kind: Switch;

  constructor(recorder: Recorder, kind: Switch, faces: readonly string[] = []) {
    this.#recorder = recorder;
    this.#kind = kind;
    this.#watch = {
      state: (resource) => {
        const { thing, off } = resource as Switched;
        return off || thing.deref() === undefined ? 'released' : 'open';
      },
      identify: (resource, opening) => {
        const thing = (resource as Switched).thing.deref();
        if (thing === undefined || opening?.frames.length === 0 || isPlumbing(opening?.inner, faces)) return undefined;
        const identity = kind.identify(thing);
        return identity === undefined ? undefined : { ...identity, subject: thing };
      },
    };
  }

  /** The patches, for what a probe has to patch besides. */
  get patches(): Patches {
    return this.#patches;
  }

  /** Watches everything that inherits from `prototype`. */
  watch(prototype: object): void {
    for (const name of this.#kind.on) {
      this.#patches.method(prototype, name, (self, _args, call, wrapper) => {
        const result = call();
        const thing = asObject(self);
        if (thing === undefined || this.#on.get(thing)?.off === false) return result;
        const held =
          this.#kind.goesOn === true ? { deref: () => (switched.off ? undefined : thing) } : new WeakRef(thing);
        const switched: Switched = { thing: held, off: false };
        this.#on.set(thing, switched);
        this.#recorder.opened({ watch: this.#watch, resource: switched, keep: true, above: wrapper });
        return result;
      });
    }
    for (const name of this.#kind.off) {
      this.#patches.method(prototype, name, (self, _args, call) => {
        const result = call();
        const thing = asObject(self);
        const switched = thing && this.#on.get(thing);
        if (switched !== undefined) switched.off = true;
        return result;
      });
    }
  }

  stop(): void {
    this.#patches.restore();
  }
}
