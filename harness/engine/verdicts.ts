import { createHash } from 'node:crypto';
import type { Finding } from '../model/finding';
import { fingerprint } from '../model/fingerprint';
import { type Frame, packageOfFrame } from '../model/frame';
import type { Lexicon, Thing } from '../model/resource';
import { type OpenKind, type Saying, say, sayLeft } from '../model/sentence';
import { isAside, type Leftover, leftoverOf } from './leftovers';
import { withPackageNames } from './package-name';
import type { Scope } from './scope';
import type { Suspect } from './suspect';

/** A verdict with the run-time scope it falls on. */
export interface Ruling {
  readonly scope: Scope;
  readonly finding: Finding;
}

/** Words for a kind no probe brought any: a defect of the probe, said plainly rather than thrown at a test. */
export const UNKNOWN: Lexicon = {
  noun: 'a resource',
  plural: 'resources',
  opened: 'opened',
  closed: 'released',
  remedy: 'Release it',
  pooled: false,
};

/** Roots that are one finding; the first one is described. */
type Group = [Suspect, ...Suspect[]];

/** Turns suspects whose grace is over into findings. */
export class Verdicts {
  readonly #rootDir: string;
  readonly #lexicons = new Map<string, Lexicon>();

  constructor(rootDir: string) {
    this.#rootDir = rootDir;
  }

  /** Learns a probe's words. */
  learn(kinds: Readonly<Record<string, Lexicon>>): void {
    for (const [kind, words] of Object.entries(kinds)) this.#lexicons.set(kind, words);
  }

  /** The words for a kind. */
  readonly wordsFor = (kind: string): Lexicon => this.#lexicons.get(kind) ?? UNKNOWN;

  /** One ruling for all roots that were opened by one line in one scope; none for what was answered for before. */
  rule(roots: readonly Suspect[]): Ruling[] {
    const groups = new Map<string, Group>();
    for (const root of roots.filter(({ answered }) => answered !== true)) {
      const at = root.trace.find((frame) => frame.origin === 'user');
      const place = at === undefined ? '' : `${at.line}:${at.column}`;
      const kept = root.keeper === undefined ? '' : JSON.stringify([root.keeper.file, root.keeper.slots]);
      const key = `${root.scope.id} ${this.#fingerprint(kindOf(root), root)} ${place} ${kept}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [root]);
      else group.push(root);
    }
    return withFloods([...groups.values()]).map((group) => ({
      scope: group[0].scope,
      finding: this.#finding(kindOf(group[0]), group, group[0].scope),
    }));
  }

  /** The ruling on a test that closed what an outer scope had opened. */
  foreignClose(suspect: Suspect, by: Scope): Ruling {
    return { scope: by, finding: this.#finding('foreign-close', [suspect], suspect.scope) };
  }

  #fingerprint(kind: OpenKind, root: Suspect): string {
    const { trace, identity } = root;
    const left = leftoverOf(root);
    const suspects = withPackageNames(left?.at === undefined ? trace : [left.at, ...trace]);
    const subject = left === undefined ? identity.kind : `${identity.kind} > ${left.live.identity.kind}`;
    const library = left?.library === undefined ? {} : { library: left.library };
    return fingerprint({ findingKind: kind, kind: subject, trace: suspects, ...library, rootDir: this.#rootDir });
  }

  #finding(kind: OpenKind, group: Readonly<Group>, scope: Scope): Finding {
    const [root] = group;
    const { identity } = root;
    const trace = withPackageNames(root.trace);
    const openedAt = trace.find((frame) => frame.origin === 'user');
    const first = trace[0];
    const ways = new Set(first?.origin === 'user' ? group.map(wayOf) : []);
    const openedBy = first?.origin === 'library' ? packageOfFrame(first) : undefined;
    const thing = this.#thing(root, new Set());
    const leftover = leftoverOf(root);
    const ref = root.openedIn.answerable === scope ? root.openedIn.ref() : scope.ref();
    const within = openedBy === undefined ? undefined : this.wordsFor(identity.kind).remedyWithin;
    const remedy = identity.remedy ?? within?.replace('%', () => openedBy ?? '');
    const saying: Saying = {
      kind,
      scope: ref,
      root: thing,
      words: this.wordsFor(identity.kind),
      count: group.length,
      ...(root.holderUnknown === true ? { holderUnknown: true } : {}),
      ...(root.keeper === undefined ? {} : { keeper: { ...root.keeper, rootDir: this.#rootDir } }),
    };
    return {
      kind,
      ...(leftover?.library === undefined ? {} : { class: 'library' }),
      scope: ref,
      owner: root.owner,
      root: thing,
      count: group.length,
      ...(ways.size > 1 ? { ways: ways.size, waysAt: digestOf(ways, this.#rootDir) } : {}),
      ...(openedAt === undefined ? {} : { openedAt }),
      ...(leftover === undefined ? {} : frameOf('closedAt', closedAt(root))),
      ...(leftover === undefined ? {} : frameOf('leftAt', leftover.at)),
      trace,
      ...(openedBy === undefined ? {} : { openedBy }),
      fingerprint: this.#fingerprint(kind, root),
      message:
        leftover === undefined
          ? say(remedy === undefined ? saying : { ...saying, remedy })
          : this.#sayLeft(saying, leftover, root),
    };
  }

  #sayLeft(saying: Saying, leftover: Leftover, root: Suspect): string {
    const { live, by, count, library, at, revived } = leftover;
    return sayLeft({
      ...saying,
      closedAt: closedAt(root),
      by: by === root ? undefined : this.#thing(by, new Set()),
      byWords: this.wordsFor(by.identity.kind),
      left: this.#thing(live, new Set()),
      leftCount: count,
      leftAt: at,
      leftWords: this.wordsFor(live.identity.kind),
      library,
      revived,
      rootDir: this.#rootDir,
    });
  }

  #thing(suspect: Suspect, seen: Set<Suspect>): Thing {
    seen.add(suspect);
    const { identity } = suspect;
    const openedAt = suspect.trace.find((frame) => frame.origin === 'user');
    return {
      kind: identity.kind,
      noun: identity.noun ?? this.wordsFor(identity.kind).noun,
      label: identity.label ?? '',
      ...(identity.detail === undefined ? {} : { detail: identity.detail }),
      ...(suspect.closed === undefined ? {} : { closed: true }),
      facts: identity.facts ?? {},
      ...(identity.separate === true ? { separate: true } : {}),
      ...(openedAt === undefined ? {} : { openedAt }),
      owns: suspect.owns
        .filter((owned) => !seen.has(owned) && !isAside(owned, suspect))
        .map((owned) => this.#thing(owned, seen)),
    };
  }
}

/**
 * The user's lines that led to an opening. What has none, past the budget of stacks, is a loop's. How often a library connects for one
 * call of the user's may hang on the time.
 */
const wayOf = ({ trace }: Suspect, _: number, group: readonly Suspect[]): string =>
  (trace.length > 0 ? trace : (group[0]?.trace ?? []))
    .filter(({ origin }) => origin === 'user')
    .map(({ file, line, column }) => `${file}:${line}:${column}`)
    .join(' ');

/** The same on any machine, wherever the project is. */
const digestOf = (ways: ReadonlySet<string>, rootDir: string): string =>
  createHash('sha256')
    .update(
      [...ways]
        .map((way) => way.replaceAll(rootDir, ''))
        .sort()
        .join('\n'),
    )
    .digest('hex')
    .slice(0, 8);

const closedAt = (root: Suspect): Frame | undefined => root.closed?.frames.find((frame) => frame.origin === 'user');

const frameOf = (name: 'closedAt' | 'leftAt', frame: Frame | undefined) =>
  frame === undefined ? {} : { [name]: frame };

function kindOf(root: Suspect): OpenKind {
  if (root.closed !== undefined) return 'leak';
  if (root.keeper !== undefined) return 'leak';
  if (root.owner === 'overlap') return 'unproven';
  return root.entries.every((entry) => entry.late) ? 'late' : 'leak';
}

const alike = (a: Suspect, b: Suspect): boolean =>
  a.scope === b.scope && a.identity.kind === b.identity.kind && kindOf(a) === kindOf(b);

/**
 * Past the stack budget what a loop opens has no line. It is counted with the largest group of its kind in its scope that has one:
 * one finding with the count, and not a second one that names no line.
 */
function withFloods(groups: readonly Group[]): readonly Group[] {
  const located = groups.filter(([root]) => root.trace.length > 0);
  const largestFirst = [...located].sort((a, b) => b.length - a.length);
  const lost: Group[] = [];
  for (const group of groups.filter(([root]) => root.trace.length === 0)) {
    const home = largestFirst.find(([root]) => alike(root, group[0]));
    if (home === undefined) lost.push(group);
    else for (const root of group) home.push(root);
  }
  return [...located, ...lost];
}
