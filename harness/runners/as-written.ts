import type { Finding } from '../model/finding';
import type { Frame } from '../model/frame';
import type { Thing } from '../model/resource';
import type { RetainerPath } from '../model/retainer-path';
import { spot } from '../model/sentence';
import type { SourceMapper } from './source-maps';

/**
 * The finding with its frames where the user wrote them. To be asked at once: after the file its source maps are gone.
 * @param rootDir what the places in its message are relative to
 */
export function asWritten(finding: Finding, mapped: SourceMapper, rootDir: string): Finding {
  const trace = mapped(finding.trace);
  const openedAt = trace.find((frame) => frame.origin === 'user');
  let written: Finding = { ...finding, trace, root: thingAsWritten(finding.root, mapped) };
  if (openedAt !== undefined) written = { ...written, openedAt };
  if (finding.path !== undefined) written = { ...written, path: pathAsWritten(finding.path, mapped) };
  for (const name of ['closedAt', 'leftAt'] as const) {
    const frame = finding[name];
    const [source] = frame === undefined ? [] : mapped([frame]);
    if (frame === undefined || source === undefined) continue;
    written = { ...written, [name]: source, message: moved(written.message, frame, source, rootDir) };
  }
  return written;
}

/** The places of its root and its links; what a link is called in the source the path says already. */
function pathAsWritten(path: RetainerPath, mapped: SourceMapper): RetainerPath {
  const moved = <Placed extends { readonly at?: Frame }>(placed: Placed): Placed => {
    const [at] = placed.at === undefined ? [] : mapped([placed.at]);
    return at === undefined ? placed : { ...placed, at };
  };
  return { ...path, root: moved(path.root), hops: path.hops.map(moved), below: path.below.map(moved) };
}

/** The message names two of the frames. */
const moved = (message: string, from: Frame, to: Frame, rootDir: string): string =>
  message.replace(spot(from, rootDir), () => spot(to, rootDir));

function thingAsWritten(thing: Thing, mapped: SourceMapper): Thing {
  const [openedAt] = thing.openedAt === undefined ? [] : mapped([thing.openedAt]);
  const owns = thing.owns.map((owned) => thingAsWritten(owned, mapped));
  return openedAt === undefined ? { ...thing, owns } : { ...thing, openedAt, owns };
}
