import { expect, test } from '@jest/globals';
import { middle, REPETITIONS, record, sinceNs } from './record';
import { scale } from './scale';

test('awaits', async () => {
  const perAwaitNs: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const startNs = process.hrtime.bigint();
    for (let done = 0; done < scale.awaits; done++) await null;
    perAwaitNs.push(sinceNs(startNs) / scale.awaits);
  }
  record('await', middle(perAwaitNs));
  expect(perAwaitNs).toHaveLength(REPETITIONS);
}, 600_000);
