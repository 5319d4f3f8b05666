import { describe, expect, it, jest } from '@jest/globals';
import { describeVerdicts } from './gate-verdicts';
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

const IN_XDS =
  'No call of yours ends it: the defect is in @grpc/grpc-js-xds. Report it there, and until then allow it with a reason.';

describeVerdicts(
  'priority-switch',
  {
    leaky: {
      class: 'library',
      opens: "const client = new Client('priorities:///shop', credentials.createInsecure(), OPTIONS);",
      says: /^A gRPC client channel to priorities:\/\/\/shop was closed in .*story\.ts:\d+, yet its priority policy left a timeout of 900 s \(load-balancer-priority\.ts:\d+\)\.$/,
      remedy: IN_XDS,
      owns: [['a priority policy', [['a timeout of 900 s', []]]]],
    },
    'failover-leaky': {
      class: 'library',
      opens: "const client = new Client('priorities:///shop', credentials.createInsecure(), OPTIONS);",
      says: /^A gRPC client channel to priorities:\/\/\/shop was closed in .*story\.ts:\d+, yet its priority policy left a timeout of 10 s \(load-balancer-priority\.ts:\d+\)\.$/,
      remedy: IN_XDS,
      owns: [['a priority policy', [['a timeout of 10 s', []]]]],
    },
    'race-leaky': {
      opens: "const client = new Client('group:///shop', credentials.createInsecure());",
      says: /^A gRPC client channel to group:\/\/\/shop was closed in .*race-story\.ts:\d+, yet its balancer_group policy left a pick_first policy, and 1 more\.$/,
      remedy: 'Destroy it with `balancer.destroy()` when the balancer_group policy is destroyed.',
      owns: [
        [
          'a balancer_group policy',
          [
            ['a pick_first policy', []],
            ['a timeout of 900 s', []],
          ],
        ],
      ],
    },
  },
  ['fixed', 'failover-fixed', 'race-fixed'],
);
