import { describe, expect, it, jest } from '@jest/globals';
import { describeVerdicts, type Tree } from './gate-verdicts';
import { leftBehind, NOTHING } from './left-behind';

jest.setTimeout(60_000);

describe('node-discovery', () => {
  it('rebuilds the tree of a closed channel from a watch that outlived its resolver', async () => {
    expect(await leftBehind('node-discovery', 'leaky')).toMatchObject({
      handles: 0,
      channels: 0,
      subchannels: 6,
      balancers: 1,
    });
  });

  it('keeps the channel to a node whose client was dropped from the map', async () => {
    const idleMs = 30 * 60 * 1000;
    const callReferenceMs = 2 ** 31 - 1;
    expect(await leftBehind('node-discovery', 'clients-leaky')).toEqual({
      ...NOTHING,
      channels: 1,
      balancers: 1,
      timers: [
        { delayMs: callReferenceMs, repeats: true, holdsTheProcess: false },
        { delayMs: idleMs, repeats: false, holdsTheProcess: false },
      ],
    });
  });

  it.each(['fixed', 'clients-fixed'])('leaves nothing once it is fixed: %s', async (variant) => {
    expect(await leftBehind('node-discovery', variant)).toEqual(NOTHING);
  });
});

const node: Tree[number] = ['a pick_first policy', []];

describeVerdicts(
  'node-discovery',
  {
    leaky: {
      opens: "const client = new Client('discovery:///shop', credentials.createInsecure(), options);",
      says: /^A gRPC client channel to discovery:\/\/\/shop was closed in .*story\.ts:\d+, yet it left a round_robin policy \(.*discovery-resolver\.ts:\d+\)\.$/,
      remedy: 'Stop what goes on using it before it is closed.',
      owns: [['a round_robin policy', [node, node, node, node, node, node]]],
    },
    'clients-leaky': {
      opens: 'this.#clients.set(name, new Client(`ipv4:127.0.0.1:${port}`, credentials.createInsecure()));',
      says: /^A gRPC client channel to ipv4:127\.0\.0\.1:<port> was opened in this test, but never closed\.$/,
      remedy: 'Close it with `client.close()` in the test or its `afterEach`.',
      owns: [['a pick_first policy', []]],
    },
  },
  ['fixed', 'clients-fixed'],
);
