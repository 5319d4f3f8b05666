import type { Lexicon } from '../model/resource';
import type { Entry } from './entry';
import type { Scope } from './scope';
import type { Suspect } from './suspect';
import { rootOf, scopeOf, suspectsAmong, traceOf } from './suspect';

/** When a root's verdict is due. `never`: by design, or none of this scope's business. */
export type Due = 'now' | 'at-file-end' | 'never';

/** What a look at a scope found: roots whose verdict is due now. */
export interface Look {
  readonly due: readonly Suspect[];
  /** The same, but only a collection can tell. */
  readonly collectable: readonly Suspect[];
}

const isCollectable = (suspect: Suspect): boolean => suspect.entries.every((entry) => entry.watch.collectable === true);

/**
 * When the verdict on `root` falls. Lineage says who acted, the root says whose it is: what the test's own code opened is the
 * test's, at once; what a library opened, or a function of the user's that may keep it for somebody else, may be a pool's
 * and is judged when the file's last hook has run. Deferring makes a report later, never weaker; only what goes away by
 * itself cannot wait.
 */
export function whenDue(root: Suspect, words: Lexicon): Due {
  const { identity } = root;
  const entry = root.entries[0] as Entry;
  if (identity.pool === 'process') return 'never';
  const scope = entry.scope.answerable;
  if (scope.kind === 'file') return identity.diesWithFile === true ? 'never' : 'at-file-end';
  if (identity.pool === 'private' || entry.late || entry.owner === 'overlap') return 'at-file-end';
  const frames = traceOf(entry);
  const first = frames[0];
  if (first === undefined) return 'at-file-end';
  if (first.origin !== 'user') return 'at-file-end';
  if (!words.pooled) return 'now';
  const direct = frames.filter((frame) => frame.origin === 'user').length === 1;
  return direct ? 'now' : 'at-file-end';
}

/** Looks at what `scope` has opened, in the light of what encloses it. */
export function look(scope: Scope, lexiconOf: (kind: string) => Lexicon): Look {
  const entries: Entry[] = [];
  for (let outer: Scope | undefined = scope.parent; outer !== undefined; outer = outer.parent) {
    entries.push(...outer.entries);
  }
  const due: Suspect[] = [];
  const collectable: Suspect[] = [];
  const seen = new Set<Suspect>();
  for (const suspect of suspectsAmong([...entries, ...scope.entries])) {
    const root = rootOf(suspect);
    if (seen.has(root)) continue;
    seen.add(root);
    if (scopeOf(root) !== scope || whenDue(root, lexiconOf(root.identity.kind)) !== 'now') continue;
    (isCollectable(root) ? collectable : due).push(root);
  }
  return { due, collectable };
}

/** Looks at all that is left of a file, its deferred and late births too. */
export function lookAtAll(entries: readonly Entry[]): Look {
  const due: Suspect[] = [];
  const collectable: Suspect[] = [];
  for (const suspect of suspectsAmong(entries)) {
    if (suspect.parent !== undefined || suspect.identity.pool === 'process') continue;
    if (scopeOf(suspect).kind === 'file' && suspect.identity.diesWithFile === true) continue;
    (isCollectable(suspect) ? collectable : due).push(suspect);
  }
  return { due, collectable };
}
