import type { Finding } from './finding';
import type { FileReport } from './report';
import type { ScopeRef } from './scope';

/** The same leak, wherever in the run it was found. */
export interface LeakGroup {
  /** The first of them. */
  readonly finding: Finding;
  /** How many resources, in all. */
  readonly count: number;
  /** The tests, suites or files that answer for it, each once. */
  readonly scopes: readonly ScopeRef[];
}

/** What tells one test, suite or file of a run from all others. */
export const scopeKey = ({ file, path }: ScopeRef): string => JSON.stringify([file, ...path]);

/** One row of the list: a fingerprint knows functions and no lines, and the nameless ones of a file share it. */
function rowKey({ fingerprint, openedAt }: Finding): string {
  return openedAt === undefined ? fingerprint : `${fingerprint} ${openedAt.file}:${openedAt.line}:${openedAt.column}`;
}

/** What fails in a run by fingerprint and line, most frequent first. */
export const groupLeaks = (files: readonly FileReport[]): readonly LeakGroup[] =>
  groupFindings(files.flatMap((file) => file.findings));

/** `findings` by fingerprint and line, most frequent first. */
export function groupFindings(findings: readonly Finding[]): readonly LeakGroup[] {
  const groups = new Map<string, { finding: Finding; count: number; scopes: Map<string, ScopeRef> }>();
  for (const finding of findings) {
    const key = rowKey(finding);
    const group = groups.get(key) ?? { finding, count: 0, scopes: new Map<string, ScopeRef>() };
    group.count += finding.count;
    group.scopes.set(scopeKey(finding.scope), finding.scope);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ finding, count, scopes }) => ({ finding, count, scopes: [...scopes.values()] }))
    .sort((a, b) => b.count - a.count);
}
