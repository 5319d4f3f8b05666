import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from '@jest/globals';
import node from '../../harness/rules/node';

describe('what Node keeps by design', () => {
  it('is the timings of fetched resources', () => {
    expect(node.map(({ kind, file, fn }) => [kind, file, fn])).toEqual([
      ['growth', 'internal/perf/observe', 'resourceTimingBuffer'],
    ]);
  });

  it('is as many of them as its buffer is to hold, whatever else is fetched', async () => {
    const server = createServer((_request, response) => response.setHeader('connection', 'close').end('ok'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    performance.clearResourceTimings();
    performance.setResourceTimingBufferSize(3);
    try {
      for (let time = 0; time < 6; time++) {
        const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        await answer.text();
      }
      expect(performance.getEntriesByType('resource')).toHaveLength(3);
    } finally {
      performance.setResourceTimingBufferSize(250);
      performance.clearResourceTimings();
      server.closeAllConnections();
      server.close();
    }
  });
});
