import type { Frame } from './frame';
import type { Thing } from './resource';
import { nameOf, withoutArticle } from './sentence';

/** How deep the ownership tree is drawn beneath a finding. */
const OWNED = 8;

/** How a thing stands in a tree. */
const standing = (thing: Thing): string => thing.detail ?? withoutArticle(nameOf(thing));

/** Where what is released on its own was opened. */
const lineOf = ({ separate, openedAt }: Thing, shown: (frame: Frame) => string): string =>
  separate === true && openedAt !== undefined ? `  (${shown(openedAt)}:${openedAt.line})` : '';

function ownedLines(owned: readonly Thing[], prefix: string, shown: (frame: Frame) => string): string[] {
  const lines = owned.slice(0, OWNED).flatMap((thing, index, drawn) => {
    const last = index === drawn.length - 1 && owned.length <= OWNED;
    return [
      `${prefix}${last ? '└─' : '├─'} ${standing(thing)}${lineOf(thing, shown)}`,
      ...ownedLines(thing.owns, `${prefix}${last ? '   ' : '│  '}`, shown),
    ];
  });
  if (owned.length > OWNED) lines.push(`${prefix}└─ … and ${owned.length - OWNED} more`);
  return lines;
}

/**
 * What hangs beneath `root`, as a tree; empty if that says no more than its sentence does.
 * @param shown a frame's file, as the reader is to see it
 */
export function treeOf(root: Thing, shown: (frame: Frame) => string): string {
  if (root.detail !== undefined) return [`  ${root.detail}`, ...ownedLines(root.owns, '  ', shown)].join('\n');
  return root.owns.length > 0 ? ['It owns:', ...ownedLines(root.owns, '  ', shown)].join('\n') : '';
}
