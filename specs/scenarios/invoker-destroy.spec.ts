import { describe, expect, it, jest } from '@jest/globals';
import { survivors } from './survivors';

jest.setTimeout(60_000);

const NO_HANDLES = { connectionEnds: 0, listeningServers: 0, references: [] };
const play = (variant: string) => survivors('invoker-destroy', variant);

describe('invoker-destroy', () => {
  it('keeps every URL and every invoker reachable, though no socket and no subchannel is left', async () => {
    expect(await play('leaky')).toEqual({ ...NO_HANDLES, reachable: { ProviderUrl: 100, Invoker: 100 } });
  });

  it('keeps the shells of all invokers if only the URLs are let go', async () => {
    expect(await play('url-fixed')).toEqual({ ...NO_HANDLES, reachable: { ProviderUrl: 0, Invoker: 100 } });
  });

  it('keeps neither if the protocol forgets what is destroyed', async () => {
    expect(await play('fixed')).toEqual({ ...NO_HANDLES, reachable: { ProviderUrl: 0, Invoker: 0 } });
  });
});
