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

/** What comes of putting things away, then and in later ticks, is the harness's doing: no test answers for it. */
function asOurs(ledger: Ledger, work: () => void): void {
  const { outside } = ledger.stage;
  if (outside === undefined) ledger.mute(work);
  else ledger.unrecorded(() => ledger.lineage.run(outside.lineage, work));
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
      asOurs(how.ledger, () => (spare ? unref?.() : release?.()));
    } catch {
      // What resists is left as it is: it was reported, and forcing it could only harm the tests that follow.
    }
  }
  for (const owned of root.owns) putAway(owned, how, spare || sparesOwned === true);
  if (how.cleanUp) for (const entry of root.entries) entry.forget();
}
