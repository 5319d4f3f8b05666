import type { PathHop, RetainerPath } from '../../model/retainer-path';
import type { Held } from './retained-findings';

const sameLink = (a: PathHop | undefined, b: PathHop | undefined): boolean => a?.how === b?.how && a?.name === b?.name;

/** Whether the way to what `inner` ends at leads over what `outer` ends at. */
const leadsOver = (outer: RetainerPath, inner: RetainerPath): boolean =>
  outer.root.label === inner.root.label &&
  outer.hops.length < inner.hops.length &&
  outer.hops.every((hop, index) => sameLink(hop, inner.hops[index]));

/** Without the parts of what is told already: the subchannel of a channel. One link holds both. */
export const wholes = (told: readonly Held[]): Held[] =>
  told.filter(({ expected: { partOf } }) => !told.some(({ expected }) => partOf?.has(expected.thing)));

/**
 * Whether it is held only as part of another that should be gone, and is its scope's too: the session of a server, the socket of a
 * session. Somebody ought to let go of that one, or may keep it.
 */
export const isPartOfAnother = ({ expected, path }: Held, all: readonly Held[]): boolean =>
  path !== undefined &&
  all.some((other) => {
    if (other.path === undefined || other.expected.scope !== expected.scope) return false;
    return leadsOver(other.path, path);
  });
