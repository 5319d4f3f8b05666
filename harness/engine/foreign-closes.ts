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
  #closes: ForeignClose[] = [];

  /** Watches who closes what `home` opened. `acting` tells the scope of the running code. */
  guard(entry: Entry, home: Scope, acting: () => Scope | undefined): void {
    const { watch, resource } = entry;
    if (watch.guard === undefined || resource === undefined) return;
    watch.guard(resource, () => {
      const by = acting()?.answerable;
      if (by === undefined || by === home || by.kind !== 'test') return;
      const identity = entry.identify();
      if (identity !== undefined) this.#closes.push({ entry, by, identity });
    });
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
