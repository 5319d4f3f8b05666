import type { Frame } from '../model/frame';
import { type Rule, ruledOut } from '../model/rule';
import { withPackageNames } from './package-name';

/** Asks `rules` whether what `trace` opened stays by design. Packages go by their own names, and are asked only where a rule is about the kind. */
export function byDesign(rules: readonly Rule[]): (kind: string, trace: readonly Frame[]) => boolean {
  return (kind, trace) => {
    const apt = rules.filter((rule) => rule.kind === kind);
    if (apt.length === 0) return false;
    const named = withPackageNames(trace);
    return apt.some((rule) => ruledOut(rule, kind, named));
  };
}
