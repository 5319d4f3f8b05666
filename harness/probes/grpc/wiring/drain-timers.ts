import type { Opening } from '../../../engine/opening';
import type { Identity } from '../../../engine/probe';
import { isServing } from './server-shape';
import type { Wiring } from './wiring';

const clearTimeout = globalThis.clearTimeout;

/**
 * The timers at whose end servers cut the connections they drain. They are there by design, ten minutes long for an xDS server, and lead
 * to the server, to what has called it, and so to all that its test file knows: with one of them armed nothing of the file is ever
 * collected, and only a snapshot of the heap could tell that nobody lists any of it.
 */
export class DrainTimers {
  readonly #wiring: Wiring;
  #timers: WeakRef<object>[] = [];

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
  }

  /** Notes a timer that is one of them. */
  see({ facts, subject }: Identity, opening: Opening | undefined): void {
    const [armed] = opening?.frames ?? [];
    if (facts?.delayMs === undefined || armed === undefined || !/\bdrain$/.test(armed.fn)) return;
    if (!this.#wiring.isOwnFile(armed.file) || this.#timers.some((timer) => timer.deref() === subject)) return;
    this.#timers.push(new WeakRef(subject));
  }

  /** Ends them where they would do nothing: none of the servers is bound any more, or has a connection left to cut. */
  end(servers: Iterable<object>): void {
    if (this.#timers.length === 0) return;
    for (const server of servers) if (isServing(server)) return;
    for (const timer of this.#timers) clearTimeout(timer.deref() as NodeJS.Timeout | undefined);
    this.#timers = [];
  }
}
