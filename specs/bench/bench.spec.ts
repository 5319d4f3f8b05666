import { describe, expect, it } from '@jest/globals';
import { compare, difference, interleave, median, ratio } from './statistics';

describe('the median', () => {
  it('is the middle figure, whatever the order they came in', () => {
    expect(median([30, 10, 20])).toBe(20);
  });

  it('is the mean of the two in the middle where there is no one middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('is not moved by one disturbed run', () => {
    expect(median([10, 11, 10, 9, 4_000])).toBe(10);
  });

  it('sorts by value and leaves the series as it was', () => {
    const figures = [100, 9, 20];
    expect(median(figures)).toBe(20);
    expect(figures).toEqual([100, 9, 20]);
  });

  it('refuses to make a figure out of none', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a comparison', () => {
  it('is made within each round, so that a slow round does not count against anybody', () => {
    expect(compare([2, 20, 2], [1, 10, 1], ratio)).toBe(2);
    expect(compare([3, 30, 5], [1, 28, 3], difference)).toBe(2);
  });

  it('leaves out the rounds that one side lacks', () => {
    expect(compare([2, undefined, 9], [1, 1, undefined], ratio)).toBe(2);
  });

  it('says nothing where no round has both', () => {
    expect(compare([undefined, 2], [1, undefined], ratio)).toBeUndefined();
    expect(compare([], [1], ratio)).toBeUndefined();
  });
});

describe('interleaving', () => {
  it('gives every contender one turn a round, and turns the row around every other round', () => {
    const order = interleave(['a', 'b', 'c'], 3).map(({ round, contender }) => `${round}${contender}`);
    expect(order).toEqual(['0a', '0b', '0c', '1c', '1b', '1a', '2a', '2b', '2c']);
  });

  it('leaves the row as it was', () => {
    const row = ['a', 'b'];
    interleave(row, 2);
    expect(row).toEqual(['a', 'b']);
  });

  it('runs real functions in that order, and what they return can be compared by round', () => {
    const loops = { once: 1_000, thrice: 3_000 } as const;
    const done: Record<keyof typeof loops, number[]> = { once: [], thrice: [] };
    for (const { round, contender } of interleave(['once', 'thrice'] as const, 4)) {
      let steps = 0;
      for (let step = 0; step < loops[contender]; step++) steps++;
      done[contender][round] = steps;
    }
    expect(compare(done.thrice, done.once, ratio)).toBe(3);
    expect(compare(done.thrice, done.once, difference)).toBe(2_000);
  });
});
