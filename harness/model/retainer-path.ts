import type { Frame } from './frame';

/** What a path begins with: something a person knows to be alive. */
export type RootKind = 'module' | 'global' | 'timer' | 'callback' | 'native' | 'runtime';

/** Where a person starts reading. */
export interface PathRoot {
  readonly kind: RootKind;
  /** `module src/protocol.ts`, `` global `registry` ``, `setInterval`. */
  readonly label: string;
  /** Its place in the transformed source; the runner maps it. */
  readonly at?: Frame;
}

/** One link from a holder to what it holds. */
export interface PathHop {
  /** By what the holder holds: decides how the name is written. */
  readonly how: 'property' | 'private' | 'symbol' | 'variable' | 'element' | 'key' | 'value' | 'member' | 'internal';
  /** As in the source: `invokers`, `#url`, `Symbol(owner)`, an index; for a Map's entry its key, strings quoted. */
  readonly name: string;
  /** Class of what is held, with its size where it has one: `Map (100 entries)`. */
  readonly holds: string;
  /** This may be the link that should have been cut: all before it are expected to live. */
  readonly suspect?: boolean;
  /** The place of a closure, or of a class, in the transformed source. */
  readonly at?: Frame;
}

/** The chain of references that keeps an object reachable. */
export interface RetainerPath {
  readonly root: PathRoot;
  /** Outermost first; what the last one holds is the object itself. */
  readonly hops: readonly PathHop[];
  /** A few telling things the object itself holds, as `url : URL`; may be empty. */
  readonly below: readonly PathHop[];
  /** Objects held the same way, this one included. */
  readonly alike: number;
  /** Bytes that would be free without it: the mean of all alike. */
  readonly bytes: number;
  /** Bytes that would be free without all alike. */
  readonly totalBytes: number;
  /** Names a path across runs, machines and Node versions: no ids, addresses, lines, counts or map keys are part of it. */
  readonly fingerprint: string;
}

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** `44 kB`, `4.4 MB`: an amount of memory as people write it, 1 kB being 1,000 bytes. */
export function memory(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  const digits = unit > 0 && amount < 9.95 ? 1 : 0;
  return `${amount.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit]}`;
}

/** A link as its line of the tree says it. */
function linkOf({ how, name }: PathHop): string {
  switch (how) {
    case 'element':
    case 'symbol':
      return `[${name}]`;
    case 'key':
      return '[ key ]';
    case 'value':
      return `[ ${name} ]`;
    case 'member':
      return '[ member ]';
    case 'property':
    case 'private':
    case 'variable':
    case 'internal':
      return name;
  }
}

function textOf(hop: PathHop): string {
  return `${linkOf(hop)} ${hop.how === 'value' || hop.how === 'key' || hop.how === 'member' ? '→' : ':'} ${hop.holds}`;
}

function verdictOn({ alike, bytes, totalBytes }: RetainerPath): string {
  if (alike === 1) return `should be gone; ${memory(bytes)}`;
  return `should be gone; ${alike} like it, ${memory(bytes)} each, ${memory(totalBytes)} in all`;
}

/** The tree from the root to the object and a little below, one line a link, without colour; suspects are underlined with `~`. */
export function drawPath(path: RetainerPath): string {
  const lines = [path.root.label];
  let indent = '';
  path.hops.forEach((hop, index) => {
    const mark = index === path.hops.length - 1 ? `      ← ${verdictOn(path)}` : '';
    lines.push(`${indent}└─ ${textOf(hop)}${mark}`);
    indent += '   ';
    if (hop.suspect === true) lines.push(`${indent}${'~'.repeat(linkOf(hop).length)}`);
  });
  path.below.forEach((hop, index) => {
    lines.push(`${indent}${index === path.below.length - 1 ? '└─' : '├─'} ${textOf(hop)}`);
  });
  return lines.join('\n');
}
