import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Entry } from './entry';
import type { Opening } from './opening';
import type { Beginning, Sighting, Watch } from './probe';
import type { Lineage } from './scope';

/**
 * Creation contexts: what the code of a reported thing opens is made by that thing. In the same tick that is certain; in later
 * ticks the context travels along with the lineage, through callbacks of the user's too, so there the frames must be its own code's.
 */
export class Makers {
  readonly #lineage: AsyncLocalStorage<Lineage | undefined>;
  #now: Entry | undefined;

  constructor(lineage: AsyncLocalStorage<Lineage | undefined>) {
    this.#lineage = lineage;
  }

  /** Runs `fn` as the code of `maker`. */
  run<T>(maker: Entry, fn: () => T): T {
    const outer = this.#now;
    const lineage = this.#lineage.getStore();
    this.#now = maker;
    try {
      const scope = lineage?.scope ?? maker.scope;
      return this.#lineage.run({ scope, act: lineage?.act, within: maker }, fn);
    } finally {
      this.#now = outer;
    }
  }

  /** The same callback, run as the code now running, whoever calls it. It is no part of the act that it waits for. */
  readonly calledBack = <A extends unknown[], R>(callback: (...args: A) => R): ((...args: A) => R) => {
    const makers = this;
    const author = makers.#lineage.getStore();
    return function (this: unknown, ...args: A): R {
      const outer = makers.#now;
      const { scope, within } = author ?? { ...makers.#lineage.getStore(), within: undefined };
      const lineage = scope === undefined ? undefined : { scope, act: undefined, within };
      makers.#now = undefined;
      try {
        return makers.#lineage.run(lineage, () => callback.apply(this, args));
      } finally {
        makers.#now = outer;
      }
    };
  };

  /** Whether what is opened now is worth a stack of the purse for makers. */
  isTelling(): boolean {
    return this.#now?.watch.telling === true;
  }

  /** Whether a maker opens just now what is meant to last: that always has its stack, even if the purses are empty. */
  makesToLast(watch: Watch, resource: object): boolean {
    return this.#now !== undefined && watch.lasts?.(resource) === true;
  }

  /**
   * The beginning of what its maker tells enough of, or the user's call that makes it, without a stack.
   * @param acting such a call is being acted out
   */
  beginning(sighting: Sighting, acting: boolean): Beginning | undefined {
    const { scope, act } = this.#lineage.getStore() ?? {};
    if (scope === undefined) return undefined;
    if (sighting.acted === true && acting) return { scope, answers: scope.lifetime, opening: act };
    if (sighting.made !== true) return undefined;
    if (this.#now === undefined || this.#now.closing !== undefined) return undefined;
    return { scope, answers: scope.lifetime, opening: undefined };
  }

  /** What made the thing that was opened just now. In later ticks nobody can tell without a stack. */
  of(opening: Opening | undefined): Entry | undefined {
    if (this.#now !== undefined) return this.#now;
    const within = this.#lineage.getStore()?.within;
    return within !== undefined && opening !== undefined && within.watch.isOwnCode?.(opening.frames) === true
      ? within
      : undefined;
  }
}
