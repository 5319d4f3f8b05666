import { executionAsyncId } from 'node:async_hooks';
import type { Entry } from './entry';

/** Entries by async id, for what is triggered by them; only of those whose line is known. */
export class ById {
  readonly #entries = new Map<number, Entry>();

  /** The entry of that async id, if it is still of use. */
  get(asyncId: number): Entry | undefined {
    return this.#entries.get(asyncId);
  }

  /** Remembers an entry that knows a line. */
  note(entry: Entry): void {
    if ((entry.opening !== undefined || entry.origin !== undefined) && entry.asyncId >= 0) {
      this.#entries.set(entry.asyncId, entry);
    }
  }

  /** Drops what is released from `entries`, in place of a closing hook. */
  sweep(entries: readonly Entry[]): Entry[] {
    const open: Entry[] = [];
    const running = executionAsyncId();
    for (const entry of entries) {
      if (entry.state() === 'released') {
        // What it is just now opening will ask for it.
        if (entry.asyncId !== running) this.#entries.delete(entry.asyncId);
      } else open.push(entry);
    }
    return open;
  }

  /** Forgets all. */
  clear(): void {
    this.#entries.clear();
  }
}
