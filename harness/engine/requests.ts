import type { Watch } from './probe';

/** How many are remembered: of a poller's the last one is under way, or none is, and the others are what the test did besides. */
const MOST = 8;

/**
 * The latest of a scope's requests that are over in a moment. They are too many for a line in the ledger each; but as long as one is
 * under way, what waits for its answer may go on, and open what has one.
 */
export class Requests {
  readonly #latest: { readonly asyncId: number; readonly watch: Watch; readonly resource: WeakRef<object> }[] = [];
  #next = 0;

  /** A request has been sent. */
  note(asyncId: number, watch: Watch, resource: object): void {
    this.#latest[this.#next] = { asyncId, watch, resource: new WeakRef(resource) };
    this.#next = (this.#next + 1) % MOST;
  }

  /** Whether any of them is under way. */
  areUnderWay(): boolean {
    return this.#latest.some(({ asyncId, watch, resource }) => {
      const request = resource.deref();
      return request !== undefined && watch.state(request, asyncId) === 'open';
    });
  }
}
