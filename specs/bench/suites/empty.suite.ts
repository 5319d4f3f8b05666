import { afterAll, beforeAll, test } from '@jest/globals';
import { record, sinceNs } from './record';
import { scale } from './scale';

let startNs = 0n;

beforeAll(() => {
  startNs = process.hrtime.bigint();
});

afterAll(() => {
  record('empty', sinceNs(startNs) / 1e6 / scale.emptyTests);
});

for (let number = 0; number < scale.emptyTests; number++) test(`is empty (${number})`, () => {});
