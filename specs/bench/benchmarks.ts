import type { scale } from './suites/scale';

/** How much a suite does. */
export type Scale = typeof scale;

/** What is asked of the gate: a multiple of the base, an addition to it, or a limit of its own. */
export interface Target {
  readonly rule: 'ratio' | 'difference' | 'value';
  readonly atMost: number;
}

/** One figure of a benchmark. */
export interface Measure {
  readonly id: string;
  readonly title: string;
  readonly unit: 's' | 'ms' | 'ns' | 'MiB';
  /** Without one the figure is there to be read. */
  readonly target?: Target;
}

/** One suite, and what is measured in it. */
export interface Benchmark {
  readonly id: string;
  readonly title: string;
  /** Template in `suites/`. */
  readonly suite: string;
  /** How many test files are made of the template. */
  readonly copies: number;
  /** Ids of contenders that are left out, they have nothing to say here. */
  readonly without: readonly string[];
  /** Which number of the scale a contender's share applies to, if operations are counted one by one. */
  readonly shared?: keyof Scale;
  readonly measures: readonly Measure[];
}

/** Used heap may differ by this much between the first quarter and the last, in MiB: code and inline caches still settle. */
const FLAT_MIB = 1;

const heap = (quarter: number): Measure => ({
  id: `heap${quarter}`,
  title: `heap after ${quarter} of 4 quarters`,
  unit: 'MiB',
});

/** The gate without one of its parts: told where that part may weigh. */
const PARTS = ['leakgate-without-grpc', 'leakgate-asked'];

/** What the cost targets are about. */
export const BENCHMARKS: readonly Benchmark[] = [
  {
    id: 'realistic',
    title: '200 tests: awaits, timers, HTTP, gRPC, files',
    suite: 'realistic',
    copies: 5,
    without: [],
    measures: [
      { id: 'wall', title: 'wall time', unit: 's', target: { rule: 'ratio', atMost: 1.05 } },
      { id: 'user', title: 'user CPU time', unit: 's' },
    ],
  },
  {
    // A collection a file weighs most where a file takes no longer than one.
    id: 'small',
    title: '100 small files: a server and five fetches each',
    suite: 'small',
    copies: 100,
    without: ['leakgate-without-grpc', 'vitest', 'vitest-leaks'],
    measures: [
      { id: 'wall', title: 'wall time', unit: 's' },
      { id: 'user', title: 'user CPU time', unit: 's' },
    ],
  },
  {
    id: 'await',
    title: '1,000,000 awaits in a test',
    suite: 'await',
    copies: 1,
    without: PARTS,
    shared: 'awaits',
    measures: [{ id: 'await', title: 'per await', unit: 'ns', target: { rule: 'ratio', atMost: 1.1 } }],
  },
  {
    id: 'timer',
    title: '100,000 timers in a test',
    suite: 'timer',
    copies: 1,
    without: PARTS,
    shared: 'timers',
    measures: [
      { id: 'timer', title: 'per timer, cleared at once', unit: 'ns', target: { rule: 'ratio', atMost: 2 } },
      { id: 'armed', title: 'per timer, all armed first', unit: 'ns', target: { rule: 'ratio', atMost: 2 } },
    ],
  },
  {
    id: 'empty',
    title: '2,000 empty tests in a file',
    suite: 'empty',
    copies: 1,
    without: ['leakgate-asked'],
    measures: [{ id: 'empty', title: 'per empty test', unit: 'ms', target: { rule: 'difference', atMost: 0.1 } }],
  },
  {
    id: 'memory',
    title: '1,000,000 timers in a test',
    suite: 'memory',
    copies: 1,
    without: [...PARTS, 'jest-handles', 'vitest', 'vitest-leaks'],
    measures: [
      heap(1),
      heap(2),
      heap(3),
      heap(4),
      { id: 'growth', title: 'heap, quarter 1 to 4', unit: 'MiB', target: { rule: 'value', atMost: FLAT_MIB } },
      { id: 'peak', title: 'peak RSS', unit: 'MiB' },
    ],
  },
];

/** Scale of a run that only proves that the benchmark itself works. */
export const QUICK: Scale = {
  testsPerFile: 5,
  awaits: 10_000,
  timers: 1_000,
  emptyTests: 50,
  memoryTimers: 20_000,
};
