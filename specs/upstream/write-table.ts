import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PAIRS } from '../../fixtures/upstream/pairs';
import { runPairs } from './run-pairs';
import { tableOf, withBlock } from './table';

const README = resolve(__dirname, '../../README.md');

/** Runs the pairs and writes what was found into the README. */
async function main(): Promise<void> {
  const { report } = await runPairs();
  const table = tableOf(PAIRS, ({ name }, variant) => report(name, variant)?.findings ?? []);
  writeFileSync(README, withBlock(readFileSync(README, 'utf8'), table));
  process.stdout.write(`${table}\n`);
}

void main();
