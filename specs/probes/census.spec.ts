import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { census } from '../../harness/probes/descriptors/census';
import { descriptorName, endpoint } from '../../harness/probes/descriptors/descriptor-name';
import { reportCensus } from '../../harness/probes/descriptors/report-census';

const servers: net.Server[] = [];

async function listening(host: string): Promise<net.Server> {
  const server = net.createServer();
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, host, done));
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

const numberOf = (server: net.Server): number => (server as unknown as { _handle: { fd: number } })._handle.fd;

describe('census', () => {
  it('counts a descriptor as long as it is open', () => {
    const fd = fs.openSync(__filename, 'r');
    const target = census().get(fd);
    expect(target).toBeDefined();
    fs.closeSync(fd);
    expect(census().get(fd)).toBeUndefined();
  });

  it('tells two things of one number apart', () => {
    const first = fs.openSync(__filename, 'r');
    const before = census().get(first);
    fs.closeSync(first);
    const second = fs.openSync(process.execPath, 'r');
    expect(second).toBe(first);
    expect(census().get(second)).not.toBe(before);
    fs.closeSync(second);
  });
});

describe('census by report, where the kernel keeps no list', () => {
  it('counts a handle as long as it is open, unref’d or not', async () => {
    const server = (await listening('127.0.0.1')).unref();
    const fd = numberOf(server);
    expect(reportCensus().get(fd)).toMatch(/^tcp@/);
    servers.pop();
    await new Promise((done) => server.close(done));
    expect(reportCensus().get(fd)).toBeUndefined();
  });

  it('leaves the report’s settings as they were', () => {
    const before = Object.getOwnPropertyDescriptor(process.report, 'excludeNetwork');
    const value = Reflect.get(process.report, 'excludeNetwork');
    reportCensus();
    expect(Object.getOwnPropertyDescriptor(process.report, 'excludeNetwork')).toEqual(before);
    expect(Reflect.get(process.report, 'excludeNetwork')).toBe(value);
  });
});

describe('descriptor names', () => {
  it('names a file by its path', () => {
    const fd = fs.openSync(__filename, 'r');
    expect(descriptorName(fd)).toBe('specs/probes/census.spec.ts');
    fs.closeSync(fd);
  });

  it('names a socket by its address', async () => {
    const server = await listening('127.0.0.1');
    expect(descriptorName(numberOf(server))).toBe(`a TCP socket 127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  it('reads the addresses of the kernel’s tables', () => {
    expect(endpoint('0100007F:1F90')).toBe('127.0.0.1:8080');
    expect(endpoint('B80D0120000000000000000001000000:01BB')).toBe('[2001:db8::1]:443');
    expect(endpoint('00000000000000000000000000000000:0050')).toBe('[::]:80');
  });
});
