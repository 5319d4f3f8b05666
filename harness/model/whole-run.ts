import { leaksToday } from './leaks-today';
import { judgeRatchet, mergeRules, type RatchetFinding, type RuleUse } from './ratchet';
import { type FileReport, OUTCOMES, type Outcome, type Probes, type RunReport } from './report';

/** What the rules of a run were good for, as its files tell. */
export const rulesOf = (files: readonly FileReport[]): readonly RuleUse[] =>
  mergeRules(files.flatMap(({ rules }) => rules));

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
export const isWhole = ({ narrowed, run }: Pick<RunReport, 'narrowed' | 'run'>): boolean =>
  !narrowed && run.shard === undefined;

/**
 * What of a run's rules and baselines is out of date.
 * @param healthy no test failed for reasons of its own, and all was checked: else what was not found may be there all the same
 */
export const ratchetOf = (
  report: Pick<RunReport, 'narrowed' | 'chosen' | 'run' | 'rules' | 'baselines' | 'files'>,
  healthy: boolean,
): readonly RatchetFinding[] =>
  judgeRatchet({
    rules: report.rules,
    baselines: report.baselines,
    leaks: leaksToday(report.files),
    whole: healthy && isWhole(report),
    chosen: report.chosen === true,
    ci: report.run.ci === true,
  });

/** The worst of `outcomes`; `clean` if there are none. */
export const worstOf = (outcomes: readonly Outcome[]): Outcome =>
  OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? 'clean';

/** Whether every test passed but for leaks, and all was checked: only then what was not found is not there. */
export const isHealthy = (outcomes: readonly Outcome[]): boolean =>
  outcomes.every((outcome) => outcome === 'clean' || outcome === 'leaks');
