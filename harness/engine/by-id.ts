import { executionAsyncId } from 'node:async_hooks';
import { isSameFrame } from './beginnings';
import type { Entry, EntryList, Origin } from './entry';
import type { Opening } from './opening';
import { Closings } from './retention/closings';

/** This many entries of a scope are held weakly from the start; a WeakRef costs four times a timer, so a flood is swept instead. */
export const WEAK_ENTRIES = 256;

/** So many more entries than the last time are worth asking whether they are released. */
const TIDIED = 16;

/** Entries by async id, for what is triggered by them; only of those whose line is known. */
export class ById {
  readonly #entries = new Map<number, Entry>();
  /** What was released, and should be gone. */
  readonly closings = new Closings();

  /** The entry of that async id, if it is still of use. */
  get(asyncId: number): Entry | undefined {
    return this.#entries.get(asyncId);
  }

  /**
   * The first round of what arms itself anew, at the same place and while it fires: in later ones Node is who called.
   * @param opening that of the new round
   */
  firstRound(opening: Opening, triggerAsyncId: number): Origin | undefined {
    const before = this.#entries.get(triggerAsyncId);
    if (before?.watch.transient !== true) return undefined;
    const first = before.origin ?? before;
    return isSameFrame(first.opening?.frames[0], opening.frames[0]) ? first : undefined;
  }

  /** Remembers an entry that knows a line, and what of it should be gone one day. */
  note(entry: Entry): void {
    this.closings.born(entry);
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
        if (entry.watch.lasting !== undefined) this.closings.released(entry);
      } else open.push(entry);
    }
    return open;
  }

  /** Drops what is released from a list that has grown since the last time: to ask all of a file after each of its tests would cost more. */
  tidy(list: EntryList): void {
    if (list.entries.length < (list.tidied ?? 0) + TIDIED) return;
    list.entries = this.sweep(list.entries);
    list.tidied = list.entries.length;
  }

  /** Writes an entry into a list, which is swept whenever it has doubled. */
  write(list: EntryList, entry: Entry): void {
    list.entries.push(entry);
    if (list.entries.length < list.sweepAt) return;
    list.entries = this.sweep(list.entries);
    list.sweepAt = Math.max(WEAK_ENTRIES * 2, list.entries.length * 2);
  }

  /** Forgets all. */
  clear(): void {
    this.#entries.clear();
  }
}
