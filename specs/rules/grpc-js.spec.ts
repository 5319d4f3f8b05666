import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { getSubchannelPool } from '@grpc/grpc-js/build/src/subchannel-pool';
import { describe, expect, it } from '@jest/globals';
import grpcJs from '../../harness/rules/grpc-js';

interface Pool {
  readonly cleanupTimer: NodeJS.Timeout | null;
}

describe('what grpc-js keeps by design', () => {
  it('is the sweep of the subchannel pool alone: unreferenced, there while a subchannel is, and gone with the last', async () => {
    expect(grpcJs.map(({ kind, file }) => [kind, file])).toEqual([['interval', 'build/src/subchannel-pool.js']]);
    const pool = getSubchannelPool(true) as unknown as Pool;
    expect(pool.cleanupTimer).toBeNull();
    const server = new Server();
    const port = await new Promise<number>((resolve, reject) => {
      const bound = (error: Error | null, on: number): void => (error ? reject(error) : resolve(on));
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound);
    });
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    await new Promise<void>((resolve, reject) => {
      client.waitForReady(Date.now() + 20_000, (error) => (error ? reject(error) : resolve()));
    });
    expect(pool.cleanupTimer?.hasRef()).toBe(false);
    client.close();
    expect(pool.cleanupTimer).toBeNull();
    server.forceShutdown();
  });
});
