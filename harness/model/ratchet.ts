import type { BaselineEntry } from './baseline';
import { compare, sizeOf } from './baseline-growth';
import type { Finding } from './finding';
import { knownOf, type LeaksToday, NOTHING_RAN } from './leaks-today';
import type { RuleVerdict } from './rule';
import { counted } from './sentence';

/** A finding that fails nothing, and what says so. */
export interface Accepted {
  readonly finding: Finding;
  /** `allow`: cannot leak, or put up with. `known`: leaks, and is not ours to mend. `baseline`: leaked when the gate came. */
  readonly by: RuleVerdict | 'baseline';
  /** The rule's; absent where the baseline says it. */
  readonly reason?: string;
  /** Where the rule stands: `leakgate.config.ts:12`. */
  readonly place?: string;
  /** Which line of the baseline says it, by {@link entryKey}. */
  readonly entry?: string;
}

/** An exception of the project's own, and what it was good for. */
export interface RuleUse {
  readonly verdict: RuleVerdict;
  readonly reason: string;
  /** Where it stands: `leakgate.config.ts:12`. */
  readonly place: string;
  readonly owner?: string;
  readonly issue?: string;
  /** Its last day, `2026-12-31`. */
  readonly expires?: string;
  /** The run was after that day. */
  readonly expired?: true;
  /** Whether it covered anything. In one shard this proves nothing: only the whole run can say that a rule is out of date. */
  readonly matched: boolean;
}

/** The leaks that were there when the gate came. */
export interface BaselineUse {
  /** Relative to the run's folder. */
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
  /** Test files it names that were there, run or not: of one that was not run nobody knows what it leaks. */
  readonly present?: readonly string[];
}

/** Something about the project's exceptions that is out of date. */
export interface RatchetFinding {
  /**
   * `unused-rule`: matched nothing in the whole run. `expired-rule`: its last day is over. `fixed`: in the baseline, and leaks no more.
   */
  readonly what: 'unused-rule' | 'expired-rule' | 'fixed';
  /** The line to delete or mend, or the file. */
  readonly place: string;
  /** Ready to print. */
  readonly message: string;
  /** Whether it fails the run. What was fixed does in CI only, so that mending a leak is never in the way of trying it. */
  readonly red: boolean;
  /** Of a baseline: the lines that are to go, or to count less. */
  readonly entries?: readonly BaselineEntry[];
}

/** All there is to judge by. Of several shards: of all of them. */
export interface RatchetEvidence {
  readonly rules: readonly RuleUse[];
  readonly baselines: readonly BaselineUse[];
  /** What leaks, as lines of the baselines. */
  readonly leaks: readonly LeaksToday[];
  /** Every test there is ran, and to its end: what was not found is not there. */
  readonly whole: boolean;
  /** Yet there are files that it was not to run: what no rule was needed for here may be needed there. */
  readonly chosen: boolean;
  /** Whether what was fixed must have left the baseline. */
  readonly ci: boolean;
}

const keyOf = ({ verdict, place, reason }: RuleUse): string => JSON.stringify([verdict, place, reason]);

/** One line a rule, however many test files it held for. */
export function mergeRules(rules: readonly RuleUse[]): readonly RuleUse[] {
  const merged = new Map<string, RuleUse>();
  for (const rule of rules) {
    const known = merged.get(keyOf(rule));
    if (known === undefined || (rule.matched && !known.matched)) merged.set(keyOf(rule), rule);
  }
  return [...merged.values()];
}

function ofRule(rule: RuleUse, whole: boolean): RatchetFinding[] {
  const { place, reason, expires } = rule;
  if (rule.expired === true) {
    const message = `${place}  "${reason}" expired after ${expires}, and covers nothing any more. Mend the leak and delete the rule, or give it a new date.`;
    return [{ what: 'expired-rule', place, message, red: true }];
  }
  if (rule.matched || !whole) return [];
  const message = `${place}  "${reason}" matched nothing in the whole run. Delete it, or correct what it names.`;
  return [{ what: 'unused-rule', place, message, red: true }];
}

function ofBaseline({ file, entries, present }: BaselineUse, evidence: RatchetEvidence): RatchetFinding[] {
  if (!evidence.whole) return [];
  const today = evidence.leaks.find((each) => each.file === undefined || each.file === file) ?? NOTHING_RAN;
  const left = compare(knownOf(entries, today, present).judged, today.entries, today.stands).gone;
  const gone = sizeOf(left);
  if (gone === 0) return [];
  const message = `${counted(gone, 'leak')} of ${file} ${gone === 1 ? 'is' : 'are'} mended. Run \`npx leakgate baseline prune\`, and commit the file.`;
  return [{ what: 'fixed', place: file, message, red: evidence.ci, entries: left }];
}

/** What of a project's exceptions is out of date: of a run, or of all its shards together. */
export function judgeRatchet(evidence: RatchetEvidence): readonly RatchetFinding[] {
  return [
    ...evidence.rules.flatMap((rule) => ofRule(rule, evidence.whole && !evidence.chosen)),
    ...evidence.baselines.flatMap((baseline) => ofBaseline(baseline, evidence)),
  ];
}
