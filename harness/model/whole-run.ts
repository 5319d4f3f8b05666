import { type FileReport, OUTCOMES, type Outcome, type Probes, type RuleUse, type RunReport } from './report';

/** What the rules of a run were good for, as its files tell. */
export function rulesOf(files: readonly FileReport[]): readonly RuleUse[] {
  const used = new Set(files.flatMap(({ usedAllowances }) => usedAllowances));
  const configured = new Set(files.flatMap(({ configuredAllowances }) => configuredAllowances));
  return [...configured].map((reason) => ({ verdict: 'allow', reason, matched: used.has(reason) }));
}

/** Who looked at `files`, and who could not. */
export function probesOf(files: readonly FileReport[]): Probes {
  const active = new Set(files.flatMap(({ probes }) => probes));
  const failed = new Map<string, { probe: string; why: string; files: string[] }>();
  for (const { file, probeFailures } of files) {
    for (const { probe, why } of probeFailures) {
      const key = JSON.stringify([probe, why]);
      const trouble = failed.get(key) ?? { probe, why, files: [] };
      trouble.files.push(file);
      failed.set(key, trouble);
    }
  }
  return { active: [...active].sort(), failed: [...failed.values()] };
}

/** Whether a run saw every test there is: only then what matched nothing is out of date. */
const isWhole = ({ narrowed, run }: Pick<RunReport, 'narrowed' | 'run'>): boolean =>
  !narrowed && run.shard === undefined;

/** Reasons of the rules that the whole run had no use for; none while it is not whole. */
export const unusedOf = (report: Pick<RunReport, 'narrowed' | 'run' | 'rules'>): readonly string[] =>
  isWhole(report) ? report.rules.filter(({ matched }) => !matched).map(({ reason }) => reason) : [];

/** The worst of `outcomes`; `clean` if there are none. */
export const worstOf = (outcomes: readonly Outcome[]): Outcome =>
  OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? 'clean';
