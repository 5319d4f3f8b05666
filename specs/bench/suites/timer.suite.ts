import { expect, test } from '@jest/globals';
import { middle, REPETITIONS, record, sinceNs } from './record';
import { scale } from './scale';

const nothing = (): void => {};

test('timers, each armed and cleared at once', () => {
  const perTimerNs: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const startNs = process.hrtime.bigint();
    for (let done = 0; done < scale.timers; done++) clearTimeout(setTimeout(nothing, 60_000));
    perTimerNs.push(sinceNs(startNs) / scale.timers);
  }
  record('timer', middle(perTimerNs));
  expect(perTimerNs).toHaveLength(REPETITIONS);
}, 600_000);

test('timers, all of them armed before the first is cleared', () => {
  const perTimerNs: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const armed = new Array<NodeJS.Timeout>(scale.timers);
    const startNs = process.hrtime.bigint();
    for (let at = 0; at < scale.timers; at++) armed[at] = setTimeout(nothing, 60_000);
    for (const timer of armed) clearTimeout(timer);
    perTimerNs.push(sinceNs(startNs) / scale.timers);
  }
  record('armed', middle(perTimerNs));
  expect(perTimerNs).toHaveLength(REPETITIONS);
}, 600_000);
