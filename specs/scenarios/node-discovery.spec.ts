import { describe, expect, it, jest } from '@jest/globals';
import { leftBehind, NOTHING } from './left-behind';

jest.setTimeout(60_000);

describe('node-discovery', () => {
  it('rebuilds the tree of a closed channel from a watch that outlived its resolver', async () => {
    expect(await leftBehind('node-discovery', 'leaky')).toMatchObject({ channels: 0, subchannels: 6, balancers: 1 });
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
