import { describe, expect, it, jest } from '@jest/globals';
import { survivors } from './survivors';

jest.setTimeout(60_000);

const NOTHING = { connectionEnds: 0, listeningServers: 0, references: [], reachable: {} };
const play = (variant: string, times?: number) => survivors('pick-first-subchannels', variant, times);

describe('pick-first-subchannels', () => {
  it('leaves a connection for each client of stock grpc-js that is closed before the peer has answered', async () => {
    expect(await play('leaky', 10)).toEqual({ ...NOTHING, connectionEnds: 2 * 10 });
  });

  it('leaves none if a subchannel without references shuts its connector down', async () => {
    expect(await play('fixed', 10)).toEqual(NOTHING);
  });

  it('leaves a subchannel without a connection for a reference that was lost at a cut: the lost one, and the pool’s', async () => {
    expect(await play('injected-leaky', 3)).toEqual({ ...NOTHING, references: [2, 2, 2] });
  });

  it('leaves none if every reference is given back', async () => {
    expect(await play('injected-fixed', 3)).toEqual(NOTHING);
  });
});
