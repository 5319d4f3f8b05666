import { type BaselineUse, mergeRules } from './ratchet';
import { REPORT_VERSION, type RunReport, type Versions } from './report';
import { isHealthy, probesOf, ratchetOf, worstOf } from './whole-run';

/** A shard's report, and where it was read. */
export interface Part {
  readonly place: string;
  readonly report: RunReport;
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

/** How a part is called in a sentence. */
const nameOf = ({ report }: Part): string =>
  report.run.shard === undefined ? 'the run' : `shard ${report.run.shard.index} of ${report.run.shard.count}`;

/** So many missing shards are named; a number that is a mistake may be any. */
const MOST_NAMED = 20;

function missingOf(count: number, taken: ReadonlyMap<number, string>): string[] {
  const missing: string[] = [];
  for (let index = 1; index <= count && missing.length < MOST_NAMED; index++) {
    if (!taken.has(index))
      missing.push(`Shard ${index} of ${count} is missing: its report was lost, or its job never ran.`);
  }
  const rest = count - taken.size - missing.length;
  if (rest <= 0) return missing;
  const others = rest === 1 ? `1 other shard of ${count} is` : `${rest} other shards of ${count} are`;
  return [...missing, `${others} missing, too.`];
}

/** Parts that belong together with the first, and what is wrong with the others. */
function ofOneRun(parts: readonly [Part, ...Part[]]): { readonly kept: readonly Part[]; readonly problems: string[] } {
  const [first] = parts;
  const { id, commit } = first.report.run;
  const model = parts.find(({ report }) => report.run.shard !== undefined);
  const count = model?.report.run.shard?.count ?? 0;
  const taken = new Map<number, string>();
  const problems: string[] = [];
  const kept = parts.filter(({ place, report: { run } }) => {
    if (run.id !== id) {
      problems.push(
        `${place} is of another run: ${run.id}, where ${first.place} is of ${id}. Merge the shards of one run.`,
      );
      return false;
    }
    if (run.commit !== commit) {
      problems.push(
        `${place} is of another commit: ${run.commit ?? 'none'}, where ${first.place} is of ${commit ?? 'none'}. Merge the shards of one commit.`,
      );
      return false;
    }
    if (run.shard === undefined) {
      if (parts.length === 1) return true;
      problems.push(
        `${place} is no shard: it says nothing of \`--shard\`, so what is missing beside it cannot be told.`,
      );
      return false;
    }
    if (run.shard.count !== count) {
      problems.push(`${place} is one of ${run.shard.count} shards, where ${model?.place} is one of ${count}.`);
      return false;
    }
    if (run.shard.index < 1 || run.shard.index > count) {
      problems.push(`${place} says that it is shard ${run.shard.index} of ${count}, and there is no such shard.`);
      return false;
    }
    const twin = taken.get(run.shard.index);
    if (twin !== undefined) {
      problems.push(`Shard ${run.shard.index} of ${count} is there twice: in ${twin} and in ${place}.`);
      return false;
    }
    taken.set(run.shard.index, place);
    return true;
  });
  return { kept, problems: [...problems, ...missingOf(count, taken)] };
}

/** Test files that two shards say they ran: then one of them ran something else than it should. */
function judgedTwice(parts: readonly Part[]): string[] {
  const seen = new Map<string, Part>();
  return parts.flatMap((part) => {
    const twice = part.report.files.flatMap(({ file, project }) => {
      const before = seen.get(JSON.stringify([file, project]));
      return before === undefined || before === part
        ? []
        : [`${file} was run twice: in ${nameOf(before)} and in ${nameOf(part)}.`];
    });
    for (const { file, project } of part.report.files) {
      const key = JSON.stringify([file, project]);
      if (!seen.has(key)) seen.set(key, part);
    }
    return [...new Set(twice)];
  });
}

/** The baselines of all shards, which must have read the same ones. */
function mergedBaselines(parts: readonly Part[]): {
  readonly baselines: readonly BaselineUse[];
  readonly problems: string[];
} {
  const [first, ...others] = parts;
  const baselines = first?.report.baselines ?? [];
  const read = ({ report }: Part): string =>
    JSON.stringify(
      report.baselines.map(({ file, entries }) => [file, unique(entries.map((each) => JSON.stringify(each)))]),
    );
  const problems = others.flatMap((part) => {
    if (first === undefined || read(part) === read(first)) return [];
    if (part.report.baselines.length === baselines.length) {
      return [`${part.place} was judged by another baseline than ${first.place}.`];
    }
    return ['Some shards were judged by a baseline, and some by none.'];
  });
  return { baselines, problems: [...new Set(problems)] };
}

const mergedVersions = (reports: readonly RunReport[]): Versions => ({
  leakgate: unique(reports.flatMap(({ versions }) => versions.leakgate)),
  node: unique(reports.flatMap(({ versions }) => versions.node)),
  jest: unique(reports.flatMap(({ versions }) => versions.jest)),
  platform: unique(reports.flatMap(({ versions }) => versions.platform)),
});

/**
 * One report of all shards of a run. What is missing, there twice, or of another run makes it `broken`, and is said in a sentence
 * each; what only the whole run can tell (rules and entries of the baseline that nothing needs) is judged here.
 * @param lost what could not be read at all, one sentence each
 */
export function mergeReports(parts: readonly [Part, ...Part[]], lost: readonly string[]): RunReport {
  const { kept, problems } = ofOneRun(parts);
  const reports = kept.map(({ report }) => report);
  const [first = parts[0].report] = reports;
  const { shard: _, ...run } = first.run;
  const { baselines, problems: ofBaseline } = mergedBaselines(kept);
  const allProblems = [
    ...lost,
    ...problems,
    ...judgedTwice(kept),
    ...ofBaseline,
    ...reports.flatMap((report) => report.problems),
  ];
  const files = reports.flatMap((report) => report.files).sort((a, b) => (a.file < b.file ? -1 : 1));
  const merged: Omit<RunReport, 'outcome' | 'ratchet'> = {
    version: REPORT_VERSION,
    run: {
      ...run,
      startedAt: reports.map((report) => report.run.startedAt).sort()[0] ?? run.startedAt,
      endedAt:
        reports
          .map((report) => report.run.endedAt)
          .sort()
          .at(-1) ?? run.endedAt,
      merged: kept.length,
      ...(reports.some((report) => report.run.ci === true) ? { ci: true as const } : {}),
    },
    versions: mergedVersions(reports),
    probes: probesOf(files),
    // Of what is missing nobody knows what it would have matched.
    narrowed: reports.some(({ narrowed }) => narrowed) || lost.length + problems.length > 0,
    ...(reports.some(({ chosen }) => chosen === true) ? { chosen: true as const } : {}),
    files,
    off: unique(reports.flatMap(({ off }) => off)),
    orphans: reports.flatMap(({ orphans }) => orphans),
    rules: mergeRules(reports.flatMap(({ rules }) => rules)),
    baselines,
    misuses: unique(reports.flatMap(({ misuses }) => misuses)),
    problems: [...new Set(allProblems)],
    opinions: reports.flatMap(({ opinions }) => opinions),
    notes: unique(reports.flatMap(({ notes }) => notes)),
  };
  const outcomes = reports.map((report) => report.outcome);
  const ratchet = ratchetOf(merged, isHealthy(outcomes) && merged.problems.length === 0);
  const outcome = worstOf([
    ...outcomes,
    ...(ratchet.some(({ red }) => red) ? (['leaks'] as const) : []),
    ...(merged.problems.length > 0 ? (['broken'] as const) : []),
  ]);
  return { ...merged, outcome, ratchet };
}
