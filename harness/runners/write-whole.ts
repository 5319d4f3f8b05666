import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

/**
 * Written aside, by a name that no other thread has for it, then renamed: a reader sees the old text or the new one, never half of one.
 * @param lasting default `false`; `true` for what outlives the run: some file systems say that they are full only when asked to finish
 */
export function writeWhole(path: string, text: string, lasting = false): void {
  const aside = `${path}.${process.pid}-${threadId}.tmp`;
  try {
    const descriptor = openSync(aside, 'w');
    try {
      writeFileSync(descriptor, text);
      if (lasting) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}
