import { reportedHandles } from './reported-handles';

/** Every libuv handle that has a descriptor, and what it is. */
export function reportCensus(): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const { type, address, fd } of reportedHandles()) {
    if (typeof fd === 'number' && fd >= 0) found.set(fd, `${type}@${address}`);
  }
  return found;
}
