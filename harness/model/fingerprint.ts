import { createHash } from 'node:crypto';
import type { Frame } from './frame';
import { normalizePath, packageOf, packageOfFrame } from './frame';

/** What a fingerprint is made of: words, never line numbers, addresses or ids. */
export interface Suspect {
  readonly findingKind: string;
  readonly kind: string;
  readonly trace: readonly Frame[];
  /** Paths are taken relative to it. */
  readonly rootDir: string;
}

/** A file as any machine names it: relative to the project, or by its package. */
function portable(file: string, rootDir: string): string {
  const path = normalizePath(file);
  const name = packageOf(path);
  if (name !== undefined) return `${name}/${path.slice(path.lastIndexOf(`/${name}/`) + name.length + 2)}`;
  const root = normalizePath(rootDir).replace(/\/$/, '');
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/**
 * A stable hash of a finding: its kind, the resource's kind, and the file and function of the opening frame and of the
 * library call above it. Lines may move, tests may be renamed, Node may change; the fingerprint stays.
 */
export function fingerprint(suspect: Suspect): string {
  const user = suspect.trace.find((frame) => frame.origin === 'user');
  const library = suspect.trace.find((frame) => frame.origin === 'library');
  const hash = createHash('sha256');
  hash.update(`${suspect.findingKind}\n${suspect.kind}\n`);
  if (library !== undefined) hash.update(`${packageOfFrame(library) ?? ''}\n`);
  if (user !== undefined) hash.update(`${portable(user.file, suspect.rootDir)}\n${user.fn}\n`);
  return hash.digest('hex').slice(0, 12);
}
