import { isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const { cwd } = process;

/** A path as its reader would write it: relative to the working directory when it is inside. Empty if it is none. */
export function shownPath(path: unknown): string {
  const text = path instanceof URL ? fileURLToPath(path) : String(path ?? '');
  if (text === '') return '';
  try {
    const base = cwd.call(process);
    const inside = relative(base, resolve(base, text));
    return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? text : inside;
  } catch {
    // The working directory is gone.
    return text;
  }
}
