import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { ChannelzTrace } from '@grpc/grpc-js/build/src/channelz';
import { getSubchannelPool } from '@grpc/grpc-js/build/src/subchannel-pool';
import { describe, expect, it, jest } from '@jest/globals';
import grpcJs from '../../harness/rules/grpc-js';

interface Pool {
  readonly cleanupTimer: NodeJS.Timeout | null;
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    const bound = (error: Error | null, on: number): void => (error ? reject(error) : resolve(on));
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound);
  });
}

describe('what grpc-js keeps by design', () => {
  it('is the sweep of the subchannel pool, the grace of drained connections, and the last events of a trace', () => {
    expect(grpcJs.map(({ kind, file, fn }) => [kind, file, fn])).toEqual([
      ['interval', 'build/src/subchannel-pool.js', undefined],
      ['timeout', 'build/src/server.js', 'drain'],
      ['growth', 'build/src/channelz.js', 'events'],
    ]);
  });

  it('sweeps unreferenced, while a subchannel is there, and no more when the last is gone', async () => {
    const pool = getSubchannelPool(true) as unknown as Pool;
    expect(pool.cleanupTimer).toBeNull();
    const server = new Server();
    const port = await bind(server);
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    await new Promise<void>((resolve, reject) => {
      client.waitForReady(Date.now() + 20_000, (error) => (error ? reject(error) : resolve()));
    });
    expect(pool.cleanupTimer?.hasRef()).toBe(false);
    client.close();
    expect(pool.cleanupTimer).toBeNull();
    server.forceShutdown();
  });

  it('gives drained connections a grace that is unreferenced, ends once, and cuts nothing where none is left', async () => {
    const server = new Server();
    const port = await bind(server);
    const armed = jest.spyOn(globalThis, 'setTimeout');
    server.drain(`127.0.0.1:${port}`, 600_000);
    const graces = armed.mock.calls.flatMap(([callback, delayMs], at) =>
      delayMs === 600_000 ? [{ callback, timer: armed.mock.results[at]?.value as NodeJS.Timeout }] : [],
    );
    armed.mockRestore();
    server.forceShutdown();
    expect(graces.map(({ timer }) => timer.hasRef())).toEqual([false]);
    for (const { callback, timer } of graces) {
      clearTimeout(timer);
      expect(() => callback()).not.toThrow();
    }
  });

  it('traces no more than 64 events', () => {
    const trace = new ChannelzTrace();
    const kept = Array.from({ length: 200 }, () => {
      trace.addTrace('CT_INFO', 'once more');
      return trace.getTraceMessage().events?.length ?? 0;
    });
    expect(Math.max(...kept.slice(0, 100))).toBe(Math.max(...kept.slice(100)));
    expect(Math.max(...kept)).toBeLessThanOrEqual(64);
  });
});
