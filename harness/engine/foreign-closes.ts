import type { Entry } from './entry';
import type { Identity } from './probe';
import type { Scope } from './scope';

/** A closing by a scope that had not done the opening. */
export interface ForeignClose {
  readonly entry: Entry;
  readonly by: Scope;
  /** Whose it is, and who is at work: for what is opened anew. */
  readonly home: Scope;
  readonly acting: () => Scope | undefined;
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
      if (identity !== undefined) this.#closes.push({ entry, by, home, acting, identity });
    });
  }

  /** Whether something was given back the last time. */
  gaveBack = false;

  /**
   * Gives back what `scope` closed and opened anew: a server that was restarted is the server it was, and its owner's to close.
   * @returns what is left of its own openings
   */
  giveBack(scope: Scope): readonly Entry[] {
    const closes = new Map<object, ForeignClose>();
    for (const close of this.#closes) if (close.by === scope) closes.set(close.identity.subject, close);
    this.gaveBack = false;
    if (closes.size === 0) return scope.entries;
    const anew = new Map<Entry, ForeignClose>();
    for (const entry of scope.entries) {
      const close = entry.state() === 'open' && closes.get(entry.identify()?.subject ?? entry);
      if (close) anew.set(entry, close);
    }
    for (const [entry, { home, acting, identity }] of anew) {
      entry.scope = home;
      home.entries.push(entry);
      this.guard(entry, home, acting);
      this.#closes = this.#closes.filter((close) => close.by !== scope || close.identity.subject !== identity.subject);
    }
    this.gaveBack = anew.size > 0;
    scope.entries = scope.entries.filter((entry) => !anew.has(entry));
    return scope.entries;
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
