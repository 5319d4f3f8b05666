import type { Finding } from './finding';
import type { Frame } from './frame';
import { normalizePath, packageOfFrame } from './frame';
import { relativePath } from './report-paths';
import type { Thing } from './resource';

/**
 * A project's exception: says of findings that they cannot leak or are accepted (`allow`), or that they leak and are not the
 * project's to mend (`known`). It covers what matches every field it names.
 */
export interface Allowance {
  /** Why. Required: an exception without a reason is not reviewable. */
  readonly reason: string;
  /** Who answers for it: a person, a team. */
  readonly owner?: string;
  /** Its last day, `2026-12-31`, in UTC. From the next day on it covers nothing, and is itself reported. Default: none. */
  readonly expires?: string;
  /** Where it is being worked on: the address of an issue. */
  readonly issue?: string;
  /** Resource kind: `timeout`, `tcp-server` … In a configuration it needs company: a whole type is never let go. */
  readonly kind?: string;
  /** A finding's fingerprint. */
  readonly fingerprint?: string;
  /** The npm package whose code opened it, by its own name. */
  readonly package?: string;
  /**
   * Glob of a file of the project's own on the opening's trace: `src/metrics.ts`, `src/legacy/**`. Matched against the end of the
   * path from the project's folder. A package's own files are meant only if the glob says `node_modules`.
   */
  readonly file?: string;
  /** Glob of kinds from the root of the finding's tree down to something in it: a root's kind, a slash, its part's kind, or `**` between. */
  readonly path?: string;
}

/** Which list of the configuration a rule is in, and so what it says. */
export type RuleVerdict = 'allow' | 'known';

/** A rule of the project's own, and where it stands. */
export interface PlacedRule {
  readonly verdict: RuleVerdict;
  readonly rule: Allowance;
  /** As its author finds it: `leakgate.config.ts:12`. */
  readonly place: string;
  /** Folder that its globs start from. */
  readonly base: string;
}

/** Built-in knowledge of a library: something it keeps by design, so no test can be asked to release it. */
export interface Rule {
  /** Resource kind; `growth` for a list that is longer after each run of a scenario, up to some length. */
  readonly kind: string;
  /** The npm package that opens it, by its own name; `node` for Node itself. */
  readonly package: string;
  /**
   * End of the path of the file in that package that opens it, or implements it where that is known. A `*` stands for any part of a
   * name: bundlers put a hash there.
   */
  readonly file: string;
  /**
   * Name of the function there that opens it; of the variable or property that holds it, where it is a list. Absent: all that the
   * file opens of this kind is meant. Empty: a function without a name.
   */
  readonly fn?: string;
  /** Why it cannot leak. */
  readonly reason: string;
  /** Where that can be read. */
  readonly reference: string;
}

function endsAs(path: string, end: string): boolean {
  if (!end.includes('*')) return path.endsWith(`/${end}`);
  const parts = end.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`/${parts.join('[^/]*')}$`).test(path);
}

const isIn = (frame: Frame, packageName: string, file: string): boolean =>
  packageOfFrame(frame) === packageName && endsAs(normalizePath(frame.file), file);

/**
 * Whether `rule` says of a thing opened by `trace` that it stays by design. Only the innermost frame counts: who else called it does not
 * matter.
 */
export function ruledOut(rule: Rule, kind: string, trace: readonly Frame[]): boolean {
  const [inner] = trace;
  if (inner === undefined || rule.kind !== kind || (rule.fn !== undefined && rule.fn !== inner.fn)) return false;
  return isIn(inner, rule.package, rule.file);
}

/** What a rule is held against. */
export interface Ground {
  /** Folder that globs of files start from. */
  readonly base: string;
  /** Whether a path matches a glob. */
  readonly matches: (glob: string, path: string) => boolean;
}

/** Kinds from the root down to each thing of a tree. */
function* pathsOf(thing: Thing, above = ''): Iterable<string> {
  const path = above === '' ? thing.kind : `${above}/${thing.kind}`;
  yield path;
  for (const owned of thing.owns) yield* pathsOf(owned, path);
}

function isOpenedIn(glob: string, trace: readonly Frame[], { base, matches }: Ground): boolean {
  const wanted: Frame['origin'] = glob.includes('node_modules') ? 'library' : 'user';
  return trace.some(
    ({ origin, file }) =>
      origin === wanted && matches(`**/${glob}`, relativePath(file, base).replace(/^(?:\.\.\/)+/, '')),
  );
}

/** Whether `rule` covers `finding`: every field it names must match. */
export function covers(rule: Allowance, finding: Finding, ground: Ground): boolean {
  const { kind, fingerprint, file, path } = rule;
  const { root, trace } = finding;
  if (kind !== undefined && kind !== root.kind) return false;
  if (fingerprint !== undefined && fingerprint !== finding.fingerprint) return false;
  if (rule.package !== undefined && !trace.some((frame) => packageOfFrame(frame) === rule.package)) return false;
  if (file !== undefined && !isOpenedIn(file, trace, ground)) return false;
  return path === undefined || [...pathsOf(root)].some((each) => ground.matches(path, each));
}

/** Whether a rule's last day is over. `today` as `2026-12-31`. */
export const isExpired = ({ expires }: Pick<Allowance, 'expires'>, today: string): boolean =>
  expires !== undefined && expires < today;
