import type { Benchmark, Measure, Target } from './benchmarks';
import { type Contender, GATE, GRPC_PROBES, WITHOUT_GRPC } from './contenders';
import type { Series } from './schedule';
import { compare, difference, median, ratio } from './statistics';

/** Whether a target is met: `short` if not, and nothing is said of what has none or of a quick run. */
export type Standing = 'pass' | 'short';

/** One line of the result: a contender in a measure. */
export interface Row {
  readonly benchmark: string;
  readonly measure: string;
  readonly title: string;
  readonly unit: Measure['unit'];
  readonly contender: string;
  /** Id of the contender it is compared with. */
  readonly base: string;
  readonly figures: readonly number[];
  readonly median?: number;
  /** Median over the rounds of figure to base. */
  readonly ratio?: number;
  /** Median over the rounds of figure less base, in the measure's unit. */
  readonly difference?: number;
  readonly target?: Target;
  readonly standing?: Standing;
  readonly failure?: string;
}

const given = <Name extends string, T>(name: Name, value: T | undefined): { readonly [name in Name]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]?: T });

/** What a target is held against. */
function figureFor(target: Target, row: Pick<Row, 'median' | 'ratio' | 'difference'>): number | undefined {
  switch (target.rule) {
    case 'ratio':
      return row.ratio;
    case 'difference':
      return row.difference;
    case 'value':
      return row.median;
  }
}

/** The series of each contender, and of what the gate owes to a part of it. */
function withParts(series: readonly Series[]): readonly Series[] {
  const gate = series.find(({ contender }) => contender.id === GATE);
  const isApart = series.some(({ contender }) => contender.id === WITHOUT_GRPC);
  const parts = gate === undefined || !isApart ? [] : [{ ...gate, contender: GRPC_PROBES }];
  return series.flatMap((each) => (each.contender.id === WITHOUT_GRPC ? [each, ...parts] : [each]));
}

function targetOf(contender: Contender, measure: Measure): Target | undefined {
  const atMost = contender.atMost?.[measure.id];
  if (atMost !== undefined) return { rule: 'ratio', atMost };
  return contender.id === GATE ? measure.target : undefined;
}

/** What a benchmark says, measure by measure. */
export function rowsOf(benchmark: Benchmark, measured: readonly Series[], judged: boolean): readonly Row[] {
  const series = withParts(measured);
  return benchmark.measures.flatMap((measure) =>
    series.map(({ contender, rounds, failure }) => {
      const values = rounds.map((figures) => figures?.[measure.id]);
      const figures = values.flatMap((value) => value ?? []);
      const base = series.find((other) => other.contender.id === contender.base);
      const baseValues = base?.rounds.map((each) => each?.[measure.id]) ?? [];
      // A figure with a limit of its own may be near zero, and a multiple of that says nothing.
      const compared = contender.base !== contender.id && measure.target?.rule !== 'value';
      const numbers = {
        ...given('median', figures.length === 0 ? undefined : median(figures)),
        ...given('ratio', compared ? compare(values, baseValues, ratio) : undefined),
        ...given('difference', compared ? compare(values, baseValues, difference) : undefined),
      };
      const target = targetOf(contender, measure);
      const held = target === undefined || !judged ? undefined : figureFor(target, numbers);
      const standing: Standing | undefined =
        target === undefined || held === undefined ? undefined : held <= target.atMost ? 'pass' : 'short';
      return {
        benchmark: benchmark.id,
        measure: measure.id,
        title: measure.title,
        unit: measure.unit,
        contender: contender.name,
        base: contender.base,
        figures,
        ...numbers,
        ...given('target', target),
        ...given('standing', standing),
        ...given('failure', failure),
      };
    }),
  );
}
