import { describe, expect, it, jest } from '@jest/globals';
import { leftBehind, NOTHING } from './left-behind';

jest.setTimeout(60_000);

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

  it("leaves a child of grpc-go's balancer group that was removed between the clearing of its cache and its stop", async () => {
    expect(await leftBehind('priority-switch', 'race-leaky')).toEqual({
      ...NOTHING,
      timers: [{ delayMs: 900_000, repeats: false, holdsTheProcess: true }],
      balancers: 1,
    });
  });

  it.each(['race-removed-first', 'race-closed-first'])('leaves nothing in another order: %s', async (variant) => {
    expect(await leftBehind('priority-switch', variant)).toEqual(NOTHING);
  });

  it.each(['fixed', 'failover-fixed', 'race-fixed'])('leaves nothing once it is fixed: %s', async (variant) => {
    expect(await leftBehind('priority-switch', variant)).toEqual(NOTHING);
  });
});
