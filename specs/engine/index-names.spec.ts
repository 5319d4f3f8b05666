import { describe, expect, it } from '@jest/globals';
import { longestList } from '../../harness/engine/heap/index-names';

describe('names of indices for a snapshot', () => {
  it('are no more than the longest list we have measured needs, however much a table of numbers takes up', () => {
    const table = Float64Array.from({ length: 2_000_000 }, (_, at) => at + 0.5);
    const numbers = Array.from(table);
    expect(numbers).toHaveLength(2_000_000);
    expect(longestList()).toBe(600_000);
  });
});
