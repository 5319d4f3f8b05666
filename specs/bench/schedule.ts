import { type Benchmark, QUICK, type Scale } from './benchmarks';
import { type Contender, commandOf } from './contenders';
import { type Figures, measuredRun, RunError } from './measured-run';
import type { NodeBinary } from './nodes';
import type { Progress } from './progress';
import { writeProject } from './project';
import { interleave } from './statistics';
import { scale as FULL } from './suites/scale';

/** All figures of one contender in one benchmark. */
export interface Series {
  readonly contender: Contender;
  /** By round; `undefined` where the run failed. */
  readonly rounds: readonly (Figures | undefined)[];
  /** Why there are no figures, or not all of them. */
  readonly failure?: string;
}

/** What was run. */
export interface ScheduleOptions {
  readonly node: NodeBinary;
  readonly benchmark: Benchmark;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** Proves that it works; the figures mean nothing. */
  readonly quick: boolean;
  readonly progress: Progress;
}

function scaleFor({ benchmark, quick }: ScheduleOptions, contender: Contender): Scale {
  const scale = quick ? QUICK : FULL;
  const { shared } = benchmark;
  return shared === undefined ? scale : { ...scale, [shared]: Math.ceil(scale[shared] * contender.share) };
}

/**
 * Runs all contenders side by side: once to warm the runners' caches, which is not counted, then round by round. A contender
 * that fails is left alone from there on.
 */
export async function runSchedule(options: ScheduleOptions): Promise<readonly Series[]> {
  const { node, benchmark, quick, progress } = options;
  const failures = new Map<Contender, string>();
  const rounds = new Map<Contender, (Figures | undefined)[]>(options.contenders.map((contender) => [contender, []]));
  const able = options.contenders.filter((contender) => {
    if (node.major < contender.sinceNode) failures.set(contender, `needs Node ${contender.sinceNode}`);
    return node.major >= contender.sinceNode;
  });
  const folders = new Map(
    able.map((contender) => {
      const { runner } = contender;
      const share = benchmark.shared === undefined ? 1 : contender.share;
      const variant = `${quick ? 'quick' : 'full'}-${share}`;
      const copies = quick ? 1 : benchmark.copies;
      return [
        contender,
        writeProject({ benchmark, runner, scale: scaleFor(options, contender), copies, variant }),
      ] as const;
    }),
  );

  async function take(contender: Contender, round: number): Promise<Figures | undefined> {
    const folder = folders.get(contender);
    if (folder === undefined || failures.has(contender)) return undefined;
    const name = round < 0 ? 'warming up' : `round ${round + 1} of ${options.rounds}`;
    progress.say(`Node ${node.major}, ${benchmark.id}: ${contender.name}, ${name}`);
    try {
      return await measuredRun(node.path, commandOf(contender, folder), folder);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      failures.set(contender, error.message);
      return undefined;
    }
  }

  if (!quick) for (const contender of able) await take(contender, -1);
  for (const { round, contender } of interleave(able, options.rounds)) {
    const figures = await take(contender, round);
    const series = rounds.get(contender);
    if (series !== undefined) series[round] = figures;
  }
  return options.contenders.map((contender) => {
    const failure = failures.get(contender);
    const series = rounds.get(contender) ?? [];
    return failure === undefined ? { contender, rounds: series } : { contender, rounds: series, failure };
  });
}
