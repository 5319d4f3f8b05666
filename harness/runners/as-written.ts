import type { Finding } from '../model/finding';
import type { Thing } from '../model/resource';
import { sourceMapped } from './source-maps';

/** The finding with its frames where the user wrote them. To be asked at once: after the file its source maps are gone. */
export function asWritten(finding: Finding): Finding {
  const trace = sourceMapped(finding.trace);
  const openedAt = trace.find((frame) => frame.origin === 'user');
  const mapped: Finding = { ...finding, trace, root: thingAsWritten(finding.root) };
  return openedAt === undefined ? mapped : { ...mapped, openedAt };
}

function thingAsWritten(thing: Thing): Thing {
  const [openedAt] = thing.openedAt === undefined ? [] : sourceMapped([thing.openedAt]);
  const owns = thing.owns.map(thingAsWritten);
  return openedAt === undefined ? { ...thing, owns } : { ...thing, openedAt, owns };
}
