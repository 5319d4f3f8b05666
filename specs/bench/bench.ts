import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { BENCHMARKS, type Benchmark } from './benchmarks';
import { CONTENDERS } from './contenders';
import { findNodes, NODES_VARIABLE, RUNNING_MAJOR } from './nodes';
import { progressOn } from './progress';
import { type Row, rowsOf } from './rows';
import { runSchedule } from './schedule';
import { tableOf } from './table';

const ROUNDS = 5;

interface Options {
  readonly only: readonly Benchmark[];
  readonly node: readonly number[];
  readonly rounds?: number;
  readonly quick?: boolean;
  readonly json: string;
}

/** What one Node gave. */
interface NodeResult {
  readonly node: string;
  readonly rows: readonly Row[];
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

function benchmarksNamed(text: string): readonly Benchmark[] {
  return text.split(',').map((id) => {
    const found = BENCHMARKS.find((benchmark) => benchmark.id === id.trim());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`There is no "${id}"; there are ${BENCHMARKS.map((each) => each.id).join(', ')}.`);
  });
}

const program = new Command('npm run bench --')
  .description('Measures what the gate costs, side by side with plain runners and with their own detectors.')
  .addOption(
    new Option('--only <names>', 'benchmarks to run, separated by commas')
      .argParser(benchmarksNamed)
      .default(BENCHMARKS, BENCHMARKS.map(({ id }) => id).join(',')),
  )
  .addOption(
    new Option('--node <versions>', 'major versions of Node, separated by commas')
      .argParser((text) => text.split(',').map(count))
      .default([RUNNING_MAJOR], 'the running one'),
  )
  .option('--rounds <number>', `how often each contender runs (default: ${ROUNDS})`, count)
  .option('--quick', 'prove in under a minute that the benchmark works; its figures mean nothing')
  .addOption(
    new Option('--json <path>', 'where the result is written').default(
      resolve(__dirname, 'results/latest.json'),
      'specs/bench/results/latest.json',
    ),
  )
  .addHelpText(
    'after',
    `
Each figure is the median of all rounds; "times" and "more" are medians of what each round gave against its own base, which is
the same runner without a detector. Runs take turns, and every other round goes backwards.

Versions other than the running one are installed from npm into node_modules/.cache/leakgate-bench, unless ${NODES_VARIABLE}
lists paths of their binaries, separated by commas.

Examples:
  npm run bench -- --quick
  npm run bench -- --only realistic,empty --rounds 9
  npm run bench -- --node 20,22,24,26 --json result.json

Exit codes: 0 measured, whether or not the targets are met; 1 a run failed; 2 wrong usage.`,
  )
  .configureOutput({ writeErr: (text) => process.stderr.write(text) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

async function main({ only, node, rounds: asked, quick = false, json }: Options): Promise<void> {
  const rounds = asked ?? (quick ? 1 : ROUNDS);
  const nodes = findNodes(node);
  const schedule = nodes.flatMap((binary) =>
    only.map((benchmark) => ({
      binary,
      benchmark,
      contenders: CONTENDERS.filter(({ id }) => !benchmark.without.includes(id)),
    })),
  );
  const turns = schedule.map(
    ({ binary, contenders }) => contenders.filter(({ sinceNode }) => binary.major >= sinceNode).length,
  );
  const progress = progressOn(process.stderr, turns.reduce((sum, each) => sum + each, 0) * (rounds + (quick ? 0 : 1)));
  const results: NodeResult[] = [];
  const failures: string[] = [];
  for (const binary of nodes) {
    const rows: Row[] = [];
    for (const { benchmark, contenders } of schedule.filter((each) => each.binary === binary)) {
      const series = await runSchedule({ node: binary, benchmark, contenders, rounds, quick, progress });
      rows.push(...rowsOf(benchmark, series, !quick));
      for (const { contender, failure } of series) {
        if (failure === undefined || binary.major < contender.sinceNode) continue;
        failures.push(`Node ${binary.version}, ${benchmark.id}, ${contender.name}: ${failure}`);
      }
    }
    results.push({ node: binary.version, rows });
    progress.done();
    process.stdout.write(`\nNode ${binary.version}, ${rounds === 1 ? '1 round' : `${rounds} rounds`}\n`);
    process.stdout.write(`${tableOf(rows)}\n`);
  }
  const machine = { platform: process.platform, cpu: cpus()[0]?.model, cpus: availableParallelism(), load: loadavg() };
  mkdirSync(dirname(resolve(json)), { recursive: true });
  const result = { version: 1, at: new Date().toISOString(), machine, rounds, quick, results, failures };
  writeFileSync(json, `${JSON.stringify(result, undefined, 2)}\n`);
  process.stdout.write(`\nWritten to ${relative(process.cwd(), resolve(json))}.\n`);
  if (quick) process.stdout.write('A quick run: it shows that the benchmark works, and no more.\n');
  for (const failure of failures) process.stderr.write(`\n${failure}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

main(program.parse().opts<Options>()).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
