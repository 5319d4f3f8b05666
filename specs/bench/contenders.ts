import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** The test runners the suites are generated for. */
export type Runner = 'jest' | 'vitest';

/** One of those that run the same suite side by side. */
export interface Contender {
  readonly id: string;
  /** As the table names it. */
  readonly name: string;
  readonly runner: Runner;
  /** Extra flags on the runner's command line. */
  readonly flags: readonly string[];
  /** Jest's environment: its own, or the gate as users set it up. */
  readonly environment?: string;
  /** Id of the contender it is compared with, itself for a plain runner. */
  readonly base: string;
  /** Fraction of the operations that are counted one by one (awaits, timers). Below 1 for those that would take minutes. */
  readonly share: number;
  /** The largest multiple of its base that is asked of it, by measure. Those of the gate as a whole stand with the measures. */
  readonly atMost?: Readonly<Record<string, number>>;
  /** First Node the runner supports, by its `engines`. */
  readonly sinceNode: number;
}

/** The gate as it stands in `dist`, which is what the targets are for. */
export const GATE = 'leakgate';

/** The gate without the probes of gRPC. */
export const WITHOUT_GRPC = 'leakgate-without-grpc';

const jest = { runner: 'jest', flags: [], base: 'jest', share: 1, sinceNode: 20 } as const;
// Its engines are ^22.12.0 || ^24.0.0 || >=26.0.0.
const vitest = { runner: 'vitest', flags: [], base: 'vitest', share: 1, sinceNode: 22 } as const;

const gate: Contender = {
  ...jest,
  id: GATE,
  name: 'Jest + leakgate',
  environment: resolve(ROOT, 'dist/runners/jest-node.js'),
};

/** What the probes of gRPC add: not run by itself, but made of the gate's figures against those without them. */
export const GRPC_PROBES: Contender = {
  ...gate,
  id: 'grpc-probes',
  name: 'of it, gRPC probes',
  base: WITHOUT_GRPC,
  atMost: { wall: 1.03 },
};

/** Everybody, each after the one it is compared with. */
export const CONTENDERS: readonly Contender[] = [
  { ...jest, id: 'jest', name: 'Jest' },
  gate,
  { ...jest, id: WITHOUT_GRPC, name: 'the same, no gRPC probes', environment: resolve(__dirname, 'without-grpc.ts') },
  {
    ...jest,
    id: 'leakgate-asked',
    name: "the same, retention: 'asked'",
    environment: resolve(__dirname, 'asked-only.ts'),
  },
  { ...jest, id: 'jest-handles', name: 'Jest --detectOpenHandles', flags: ['--detectOpenHandles'], share: 0.25 },
  { ...vitest, id: 'vitest', name: 'Vitest' },
  { ...vitest, id: 'vitest-leaks', name: 'Vitest detectAsyncLeaks', flags: ['--detectAsyncLeaks'], share: 0.01 },
];

/** The arguments of Node that run the project in `folder`, in one process at a time: `--detectOpenHandles` knows nothing else. */
export function commandOf(contender: Contender, folder: string): readonly string[] {
  switch (contender.runner) {
    case 'jest': {
      const environment = contender.environment ?? 'node';
      const binary = resolve(ROOT, 'node_modules/jest/bin/jest.js');
      const config = resolve(folder, 'jest.config.json');
      return [binary, '--config', config, '--runInBand', '--env', environment, ...contender.flags];
    }
    case 'vitest': {
      const binary = resolve(ROOT, 'node_modules/vitest/vitest.mjs');
      return [binary, 'run', '--root', folder, '--no-file-parallelism', ...contender.flags];
    }
  }
}
