import type { Finding } from './finding';
import type { FileReport } from './report';
import { scopeTitle } from './scope';

/** The same leak, wherever in the run it was found. */
export interface LeakGroup {
  /** The first of them. */
  readonly finding: Finding;
  /** How many resources, in all. */
  readonly count: number;
  /** The tests, suites or files that answer for it, each once. */
  readonly scopes: readonly string[];
}

/** Findings of a run by fingerprint, most frequent first. */
export function groupLeaks(files: readonly FileReport[]): readonly LeakGroup[] {
  const groups = new Map<string, { finding: Finding; count: number; scopes: Set<string> }>();
  for (const finding of files.flatMap((file) => file.findings)) {
    const group = groups.get(finding.fingerprint) ?? { finding, count: 0, scopes: new Set<string>() };
    group.count += finding.count;
    group.scopes.add(scopeTitle(finding.scope));
    groups.set(finding.fingerprint, group);
  }
  return [...groups.values()]
    .map(({ finding, count, scopes }) => ({ finding, count, scopes: [...scopes] }))
    .sort((a, b) => b.count - a.count);
}
