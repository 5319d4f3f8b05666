import type { Origin } from './entry';
import { knowsUser, type Opening } from './opening';
import type { Scope } from './scope';
import type { StackBudget } from './stack-budget';

/** Whether a resource of this type is a callback put off, and nothing that stays. A file's callback is one: what it opens, it was called for. */
export const isPutOff = (type: string): boolean =>
  type === 'TickObject' || type === 'Microtask' || type === 'PROMISE' || type === READ;

const READ = 'FSREQCALLBACK';

/** What pays for the stack of such a callback. Files are read a lot, and what is read first leads to most of the rest. */
export const purseOf = (type: string, { incidentalBudget, putOffBudget }: Scope): StackBudget =>
  type === READ ? incidentalBudget : putOffBudget;

/** How much is remembered. */
export interface PutOffLimits {
  /** How many put-off callbacks; they run at once, so the oldest have long run. */
  readonly most: number;
  /** How many times a callback may be put off again before its line tells nothing any more. */
  readonly deepest: number;
}

interface PutOff extends Origin {
  readonly depth: number;
}

/**
 * The lines of callbacks put off to the end of the tick (`process.nextTick`, `queueMicrotask`; promises, where they are watched), or
 * until a file was read: how libraries often begin what the user asked of them. What such a callback opens has no frame of the user's left.
 */
export class PutOffs {
  readonly #byId = new Map<number, PutOff>();
  readonly #limits: PutOffLimits;

  constructor(limits: PutOffLimits) {
    this.#limits = limits;
  }

  /** What the callback of this async id descends from, if its line is known. */
  get(asyncId: number): Origin | undefined {
    return this.#byId.get(asyncId);
  }

  /** A callback is put off by code with this opening, if one was captured, within the callback `running`. */
  note(asyncId: number, opening: Opening | undefined, running: number): void {
    if (knowsUser(opening)) {
      this.#remember(asyncId, { opening, depth: 0 });
      return;
    }
    const before = this.#byId.size === 0 ? undefined : this.#byId.get(running);
    if (before !== undefined && before.depth < this.#limits.deepest) {
      this.#remember(asyncId, { opening: before.opening, depth: before.depth + 1 });
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#byId.clear();
  }

  #remember(asyncId: number, putOff: PutOff): void {
    if (this.#byId.size >= this.#limits.most) this.#byId.clear();
    this.#byId.set(asyncId, putOff);
  }
}
