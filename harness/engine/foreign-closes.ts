import type { Entry } from './entry';
import type { Identity } from './probe';
import type { Scope } from './scope';

/** A closing by a scope that had not done the opening. */
export interface ForeignClose {
  readonly entry: Entry;
  readonly by: Scope;
  readonly identity: Identity;
}

/** What tests closed though an outer scope had opened it: by lineage at the very call, not by a window. */
export class ForeignCloses {
  readonly #acting: () => Scope | undefined;
  #closes: ForeignClose[] = [];

  /** @param acting tells the scope of the running code */
  constructor(acting: () => Scope | undefined) {
    this.#acting = acting;
  }

  /**
   * Watches who closes what the entry's own scope has just opened. What a module opens as a test loads it is the file's, but opened at that
   * test's word: tests may close it.
   */
  guard(entry: Entry): void {
    const acting = this.#acting();
    if (acting?.answerable.kind !== 'test' && acting?.isOfLoads !== true) this.#watch(entry);
  }

  #watch(entry: Entry): void {
    const { watch, resource } = entry;
    if (watch.guard === undefined || resource === undefined) return;
    const home = entry.scope.answerable;
    watch.guard(resource, () => {
      const by = this.#acting()?.answerable;
      if (by === undefined || by === home || by.kind !== 'test') return;
      const identity = entry.identify();
      if (identity !== undefined) this.#closes.push({ entry, by, identity });
    });
  }

  /**
   * Gives back what `scope` closed and opened anew: a server that was restarted is the server it was, and its owner's to close.
   * @returns whether there was any
   */
  giveBack(scope: Scope): boolean {
    const closes = new Map<object, Entry>();
    for (const { entry, by, identity } of this.#closes) if (by === scope) closes.set(identity.subject, entry);
    if (closes.size === 0) return false;
    const given = new Set<object>();
    scope.entries = scope.entries.filter((entry) => {
      const subject = entry.state() === 'open' ? entry.identify()?.subject : undefined;
      const closed = subject === undefined ? undefined : closes.get(subject);
      if (subject === undefined || closed === undefined) return true;
      given.add(subject);
      entry.scope = closed.scope.answerable;
      entry.scope.entries.push(entry);
      this.#watch(entry);
      return false;
    });
    this.#closes = this.#closes.filter(({ by, identity }) => by !== scope || !given.has(identity.subject));
    return given.size > 0;
  }

  /** Takes out what `scope` closed. */
  takeBy(scope: Scope): readonly ForeignClose[] {
    if (this.#closes.length === 0) return [];
    const taken = this.#closes.filter(({ by }) => by === scope);
    this.#closes = this.#closes.filter(({ by }) => by !== scope);
    return taken;
  }

  /** Forgets all. */
  clear(): void {
    this.#closes = [];
  }
}
