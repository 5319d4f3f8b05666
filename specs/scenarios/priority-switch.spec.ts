import { describe, expect, it } from '@jest/globals';
import { leftBehind, NOTHING } from './left-behind';

describe('priority-switch', () => {
  it('leaves the deactivation timer of the priority it came back from', async () => {
    expect(await leftBehind('priority-switch', 'leaky')).toEqual({
      ...NOTHING,
      timers: [{ delayMs: 900_000, repeats: false, holdsTheProcess: true }],
    });
  });

  it('leaves the failover timer of a priority that was still connecting', async () => {
    expect(await leftBehind('priority-switch', 'failover-leaky')).toEqual({
      ...NOTHING,
      timers: [{ delayMs: 10_000, repeats: false, holdsTheProcess: true }],
    });
  });

  it.each(['fixed', 'failover-fixed'])('leaves nothing once destroy() clears them: %s', async (variant) => {
    expect(await leftBehind('priority-switch', variant)).toEqual(NOTHING);
  });
});
