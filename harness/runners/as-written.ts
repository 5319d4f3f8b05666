import type { Finding } from '../model/finding';
import type { Thing } from '../model/resource';
import type { SourceMapper } from './source-maps';

/** The finding with its frames where the user wrote them. To be asked at once: after the file its source maps are gone. */
export function asWritten(finding: Finding, mapped: SourceMapper): Finding {
  const trace = mapped(finding.trace);
  const openedAt = trace.find((frame) => frame.origin === 'user');
  const written: Finding = { ...finding, trace, root: thingAsWritten(finding.root, mapped) };
  return openedAt === undefined ? written : { ...written, openedAt };
}

function thingAsWritten(thing: Thing, mapped: SourceMapper): Thing {
  const [openedAt] = thing.openedAt === undefined ? [] : mapped([thing.openedAt]);
  const owns = thing.owns.map((owned) => thingAsWritten(owned, mapped));
  return openedAt === undefined ? { ...thing, owns } : { ...thing, openedAt, owns };
}
