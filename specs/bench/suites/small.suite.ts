import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const server = http.createServer((request, response) => response.end(request.url));
let origin = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

for (const path of ['/a', '/b', '/c', '/d', '/e'])
  test(`answers ${path}`, async () => {
    expect(await (await fetch(origin + path)).text()).toBe(path);
  });
