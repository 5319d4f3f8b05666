import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Written aside, then renamed: a reader sees the old text or the new one, never half of one.
 * @param lasting default `false`; `true` for what outlives the run: some file systems say that they are full only when asked to finish
 */
export function writeWhole(path: string, text: string, lasting = false): void {
  const aside = `${path}.${process.pid}.tmp`;
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
