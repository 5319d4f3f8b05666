import type { Frame } from '../model/frame';
import type { Entry } from './entry';
import type { Identity } from './probe';
import type { Scope } from './scope';

/** A live thing as its author knows it: one subject, the entries that make it up, and what hangs beneath it. */
export interface Suspect {
  readonly subject: object;
  readonly identity: Identity;
  /** Oldest first: the first is the opening. */
  readonly entries: Entry[];
  readonly owns: Suspect[];
  parent: Suspect | undefined;
}

/** The frames of an opening, or of the nearest ancestor that knows the user's line. */
export function traceOf(entry: Entry): readonly Frame[] {
  const own = entry.opening?.frames ?? [];
  if (own.some((frame) => frame.origin === 'user') || entry.via === undefined) return own;
  const further = entry.via.opening?.frames ?? [];
  return further.some((frame) => frame.origin === 'user') ? [...own, ...further] : own;
}

/** The scope that answers for a suspect by its opening. */
export const scopeOf = (suspect: Suspect): Scope => (suspect.entries[0] as Entry).scope.answerable;

const place = (suspect: Suspect): string => {
  const frame = suspect.entries[0]?.opening?.frames.find((each) => each.origin === 'user');
  return frame === undefined ? '' : `${frame.file}:${frame.line}:${frame.column}`;
};

/**
 * What is live among `entries`, as things and not as handles, each beneath its owner.
 * Node's own plumbing is left out; what it belongs to is here.
 */
export function suspectsAmong(entries: Iterable<Entry>): Suspect[] {
  const bySubject = new Map<object, Suspect>();
  for (const entry of entries) {
    if (entry.reported || entry.state() === 'released') continue;
    const resource = entry.resource;
    const identity = resource === undefined ? undefined : entry.watch.identify(resource, entry.opening);
    if (identity === undefined) continue;
    const known = bySubject.get(identity.subject);
    if (known === undefined) {
      bySubject.set(identity.subject, {
        subject: identity.subject,
        identity,
        entries: [entry],
        owns: [],
        parent: undefined,
      });
    } else known.entries.push(entry);
  }
  const suspects = [...bySubject.values()];
  for (const suspect of suspects) adopt(suspect, bySubject);
  adoptAdjuncts(suspects);
  return suspects;
}

function hang(child: Suspect, parent: Suspect): void {
  for (let up: Suspect | undefined = parent; up !== undefined; up = up.parent) if (up === child) return;
  if (child.parent !== undefined) return;
  child.parent = parent;
  parent.owns.push(child);
}

function adopt(suspect: Suspect, bySubject: ReadonlyMap<object, Suspect>): void {
  for (const subject of suspect.identity.parents ?? []) {
    const parent = bySubject.get(subject);
    if (parent === undefined || parent === suspect) continue;
    hang(suspect, parent);
    break;
  }
  for (const subject of suspect.identity.children ?? []) {
    const child = bySubject.get(subject);
    if (child !== undefined) hang(child, suspect);
  }
}

/** A signal's handle beneath its listener: same opening line, same scope, and of no interest of its own. */
function adoptAdjuncts(suspects: readonly Suspect[]): void {
  const adjuncts = suspects.filter((suspect) => suspect.identity.adjunct === true && suspect.parent === undefined);
  if (adjuncts.length === 0) return;
  const roots = new Map<string, Suspect>();
  for (const suspect of suspects) {
    const at = place(suspect);
    if (at !== '' && suspect.identity.adjunct !== true && !roots.has(at)) roots.set(at, suspect);
  }
  for (const adjunct of adjuncts) {
    const root = roots.get(place(adjunct));
    if (root !== undefined && scopeOf(root) === scopeOf(adjunct)) hang(adjunct, root);
  }
}

/** The topmost owner of a suspect. */
export function rootOf(suspect: Suspect): Suspect {
  let root = suspect;
  while (root.parent !== undefined) root = root.parent;
  return root;
}
