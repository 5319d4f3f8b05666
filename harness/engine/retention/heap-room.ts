import { collectOnce } from '../gc';

const memoryUsage = process.memoryUsage.bind(process);

/** So many files in a row show that it is the process's own heap that is large, a compiler's, and not what one file has made. */
const SHOWN_BY = 2;
/** It is asked anew with every such file: what is large may go. */
const ASKED_EACH = 4;

/** How many questions in a row have found it too large, in this process: what its files share is not told to each anew. */
let fullFiles = 0;

/**
 * Whether the heap is small enough for a snapshot, `mostBytes` or less in use: where nothing can be explained there is no use in
 * collections that only tell whether there is something to explain. In a heap of 200 MB each of them takes a fifth of a second. At
 * most one is forced, for garbage is no reason; none where two files before this one have shown that the heap is as large without.
 */
export async function hasRoom(mostBytes: number): Promise<boolean> {
  if (isWithin(mostBytes)) {
    fullFiles = 0;
    return true;
  }
  if (fullFiles < SHOWN_BY || fullFiles % ASKED_EACH === 0) await collectOnce();
  const has = isWithin(mostBytes);
  fullFiles = has ? 0 : fullFiles + 1;
  return has;
}

const isWithin = (bytes: number): boolean => memoryUsage().heapUsed <= bytes;
