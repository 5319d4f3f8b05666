import fs from 'node:fs';

const { statSync } = fs;
const { read } = fs.Dir.prototype;

const open = new Set<WeakRef<fs.Dir>>();

/** Notes a directory handle: its descriptor is nowhere to be read. */
export function directoryOpened(dir: fs.Dir): void {
  open.add(new WeakRef(dir));
}

/**
 * Whether a directory handle is closed. Its flag is private from Node 22 on; but asked to read with a callback that is none, it
 * complains of being closed first, and of the callback otherwise, and does nothing in either case.
 */
export function isDirectoryClosed(dir: fs.Dir): boolean {
  try {
    Reflect.apply(read, dir, [null]);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_DIR_CLOSED';
  }
  return false;
}

/** Whether some open directory handle reads the directory of this device and inode. */
export function isDirectoryHandled(dev: number, ino: number): boolean {
  for (const ref of open) {
    const dir = ref.deref();
    if (dir === undefined || isDirectoryClosed(dir)) {
      open.delete(ref);
      continue;
    }
    const stats = statSync(dir.path, { throwIfNoEntry: false });
    if (stats !== undefined && stats.dev === dev && stats.ino === ino) return true;
  }
  return false;
}

/** Forgets every handle. */
export function forgetDirectories(): void {
  open.clear();
}
