import { readFileSync } from 'node:fs';
import type { Frame } from '../model/frame';
import { packageFolderOf, packageOf } from '../model/frame';

const read = readFileSync;
const parse = JSON.parse;

/** By package folder. What is installed does not change its name while it is loaded. */
const names = new Map<string, string | undefined>();

function nameIn(folder: string): string | undefined {
  try {
    const { name } = parse(read(`${folder}/package.json`, 'utf8')) as { readonly name?: unknown };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The name the package of `file` gives itself, which its folder need not bear: `npm i other@npm:name` installs an alias.
 * Read from its package.json, once a package; the folder's name where that cannot be read. `undefined` outside `node_modules`.
 */
export function packageNameOf(file: string): string | undefined {
  const folder = packageFolderOf(file);
  if (folder === undefined) return undefined;
  if (!names.has(folder)) names.set(folder, nameIn(folder));
  return names.get(folder) ?? packageOf(file);
}

/** `trace` with the own names of aliased packages on its frames. Only for what is judged: it may read a file. */
export function withPackageNames(trace: readonly Frame[]): readonly Frame[] {
  return trace.map((frame) => {
    if (frame.origin !== 'library') return frame;
    const name = packageNameOf(frame.file);
    return name === undefined || name === packageOf(frame.file) ? frame : { ...frame, package: name };
  });
}
