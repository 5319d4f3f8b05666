import type { Ledger } from './ledger';
import { noteReported, type Suspect } from './suspect';

/** How what was reported is put away. */
export interface PuttingAway {
  /** Whether it is released at all, or left as it is. */
  readonly cleanUp: boolean;
  readonly ledger: Ledger;
  /** Connected ends that were reported. */
  readonly ends: Set<string>;
  /** Is told of everything that was reported, and may still be there. */
  readonly note: (resource: object) => unknown;
}

/** Marks a root and all beneath it as reported; releases them unless leftovers are to be kept. */
export function putAway(root: Suspect, how: PuttingAway, spare = false): void {
  const { release, unref, sparesOwned } = root.identity;
  noteReported(root, how.ends);
  for (const entry of root.entries) {
    entry.reported = true;
    const { resource } = entry;
    if (resource !== undefined && entry.watch.transient !== true) how.note(resource);
  }
  if (how.cleanUp) {
    try {
      how.ledger.mute(() => (spare ? unref?.() : release?.()));
    } catch {
      // What resists is left as it is: it was reported, and forcing it could only harm the tests that follow.
    }
  }
  for (const owned of root.owns) putAway(owned, how, spare || sparesOwned === true);
  if (how.cleanUp) for (const entry of root.entries) entry.forget();
}
