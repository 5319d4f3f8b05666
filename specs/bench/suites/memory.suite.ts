import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { record } from './record';
import { scale } from './scale';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MIB = 2 ** 20;
const BATCH = 1_000;
const nothing = (): void => {};

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

async function usedHeapMib(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await turn();
    collect();
  }
  return process.memoryUsage().heapUsed / MIB;
}

test('timers by the million', async () => {
  const quarters: number[] = [];
  for (let armed = 0; armed < scale.memoryTimers; ) {
    const batch: NodeJS.Timeout[] = [];
    for (let at = 0; at < BATCH; at++) batch.push(setTimeout(nothing, 60_000));
    for (const timer of batch) clearTimeout(timer);
    armed += BATCH;
    await turn();
    if (armed % (scale.memoryTimers / 4) === 0) quarters.push(await usedHeapMib());
  }
  for (const [index, heapMib] of quarters.entries()) record(`heap${index + 1}`, heapMib);
  record('growth', (quarters[3] ?? 0) - (quarters[0] ?? 0));
  record('peak', process.resourceUsage().maxRSS / 1024);
  expect(quarters).toHaveLength(4);
}, 600_000);
