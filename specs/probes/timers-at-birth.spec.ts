import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import timers from '../../harness/probes/timers';

/** What the probe takes for Node's own of the timers that come to be meanwhile: their delays in milliseconds. */
async function born(work: () => Promise<unknown>): Promise<{ nodes: number[]; others: number[] }> {
  const watch = timers.asyncTypes?.Timeout;
  const delays = { nodes: [] as number[], others: [] as number[] };
  const hook = createHook({
    init(_asyncId, type, _triggerAsyncId, resource) {
      if (type !== 'Timeout') return;
      const { _idleTimeout: delayMs } = resource as { _idleTimeout: number };
      delays[watch?.isNodes?.(resource) === true ? 'nodes' : 'others'].push(delayMs);
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return delays;
}

describe('a timer', () => {
  it('that anybody can arm is not taken for Node’s own', async () => {
    const { nodes, others } = await born(async () => {
      clearTimeout(setTimeout(function named() {}, 60_001).unref());
      clearInterval(setInterval(() => {}, 60_002).unref());
      clearTimeout(setTimeout(once.bind(null), 60_003));
      const stop = new AbortController();
      const waits = [true, false].map((ref) => pause(60_004, undefined, { ref, signal: stop.signal }));
      stop.abort();
      await Promise.allSettled(waits);
      AbortSignal.timeout(60_005);
    });
    expect(nodes).toEqual([]);
    expect(others).toEqual([60_001, 60_002, 60_003, 60_004, 60_004, 60_005]);
  });

  it('that Node arms for a socket shows it as it is made', async () => {
    const { nodes } = await born(async () => {
      const server = http.createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const agent = new http.Agent({ keepAlive: true });
      const { port } = server.address() as AddressInfo;
      const request = http.get({ port, host: '127.0.0.1', agent });
      request.setTimeout(60_006);
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      await once(response.resume(), 'end');
      agent.destroy();
      server.close();
      await once(server, 'close');
    });
    expect(nodes).toContain(60_006);
    // The server’s own, for a connection that is kept: 5 s, and on newer Nodes a second more.
    expect(nodes.some((delayMs) => delayMs >= 5_000 && delayMs <= 6_000)).toBe(true);
  });
});
