import { createHash } from 'node:crypto';
import type { FindingKind } from './finding';
import type { Frame } from './frame';
import { normalizePath, packageOf, packageOfFrame } from './frame';
import { relativePath } from './report-paths';

/** What a fingerprint is made of: words, never line numbers, addresses or ids. */
export interface Suspect {
  readonly findingKind: FindingKind;
  /** Of the resource; and of what it left, where it was closed. */
  readonly kind: string;
  readonly trace: readonly Frame[];
  /** The package whose doing it is, where that is known by more than a frame: whether there is one hangs on what a stack cost. */
  readonly library?: string;
  /** Paths are taken relative to it. */
  readonly rootDir: string;
}

/** A file as any machine names it: relative to the project, or by its package. */
function portable(file: string, rootDir: string): string {
  const path = normalizePath(file);
  const name = packageOf(path);
  if (name !== undefined) return `${name}/${path.slice(path.lastIndexOf(`/${name}/`) + name.length + 2)}`;
  return relativePath(path, rootDir);
}

/** The last word of a name that V8 has inferred (`exports.connect`): which words it puts before it differs from version to version. */
const ownName = (fn: string): string => fn.slice(fn.lastIndexOf('.') + 1).replace('<anonymous>', '');

/** The file and function of the user's line, as any machine names them: `src/gateway.ts listen`. Empty where no line is known. */
export function openerOf({ trace, rootDir }: Pick<Suspect, 'trace' | 'rootDir'>): string {
  const user = trace.find((frame) => frame.origin === 'user');
  return user === undefined ? '' : `${portable(user.file, rootDir)} ${ownName(user.fn)}`.trimEnd();
}

/** How late a leak is seen hangs on the machine's speed, and whether others overlapped on the number of workers. */
const FAMILY: Readonly<Record<FindingKind, string>> = {
  leak: 'leak',
  late: 'leak',
  unproven: 'leak',
  retained: 'retained',
  'foreign-close': 'foreign-close',
  'unused-allow': 'unused-allow',
};

/**
 * A stable hash of a finding: what kind of thing it is, the library that opened it, and the file and function of the user's line.
 * Lines may move, tests may come, go and be renamed, Node, the machine, the order of tests and the number of workers may change; the
 * fingerprint stays.
 */
export function fingerprint(suspect: Suspect): string {
  const user = suspect.trace.find((frame) => frame.origin === 'user');
  const frame = suspect.trace.find(({ origin }) => origin === 'library');
  const library = suspect.library ?? (frame && (packageOfFrame(frame) ?? ''));
  const hash = createHash('sha256');
  hash.update(`${FAMILY[suspect.findingKind]}\n${suspect.kind}\n`);
  if (library !== undefined) hash.update(`${library}\n`);
  if (user !== undefined) hash.update(`${portable(user.file, suspect.rootDir)}\n${ownName(user.fn)}\n`);
  return hash.digest('hex').slice(0, 12);
}
