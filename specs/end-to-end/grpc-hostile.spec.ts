import { describe, expect, it, jest } from '@jest/globals';
import { runJest } from './jest-project';

jest.setTimeout(60_000);

const GRPC = JSON.stringify(require.resolve('@grpc/grpc-js'));
const POLICIES = JSON.stringify(require.resolve('@grpc/grpc-js/build/src/load-balancer'));

/** A server whose listener throws when it is asked whether it listens: nobody but a probe asks. */
const SHUTS_DOWN = `
const http2 = require('node:http2');
const { Server, ServerCredentials } = require(${GRPC});
for (const how of ['tryShutdown', 'forceShutdown']) {
  test(how + ' does what it is for', async () => {
    const createServer = jest.spyOn(http2, 'createServer');
    const server = new Server();
    await new Promise((done) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), done));
    const listener = createServer.mock.results[0].value;
    createServer.mockRestore();
    const closed = new Promise((done) => listener.on('close', done));
    Object.defineProperty(listener, 'listening', { configurable: true, get() { throw new Error('hostile'); } });
    server[how](() => {});
    delete listener.listening;
    await closed;
  });
}
`;

/** A policy that gives its child a helper nobody can look into. */
const HIDES = `
const { Client, credentials, experimental, Server, ServerCredentials } = require(${GRPC});
const policies = require(${POLICIES});
const pickFirst = () => policies.parseLoadBalancingConfig({ pick_first: {} });
class Config {
  static createFromJson() { return new Config(); }
  getLoadBalancerName() { return 'hiding'; }
  toJsonObject() { return { hiding: {} }; }
}
class Hiding {
  constructor(helper) {
    const hidden = { getPrototypeOf() { throw new Error('hostile'); } };
    this.child = policies.createLoadBalancer(pickFirst(), new Proxy(helper, hidden));
  }
  updateAddressList(endpoints, _config, ...rest) { return this.child.updateAddressList(endpoints, pickFirst(), ...rest); }
  exitIdle() { this.child.exitIdle(); }
  resetBackoff() {}
  destroy() { this.child.destroy(); }
  getTypeName() { return 'hiding'; }
}
experimental.registerLoadBalancerType('hiding', Hiding, Config);
test('connects by its policy', async () => {
  const server = new Server();
  const bind = (done) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, port) => done(port));
  const port = await new Promise(bind);
  const config = JSON.stringify({ loadBalancingConfig: [{ hiding: {} }] });
  const client = new Client('127.0.0.1:' + port, credentials.createInsecure(), { 'grpc.service_config': config });
  expect(await new Promise((done) => client.waitForReady(Date.now() + 20_000, done))).toBeUndefined();
  client.close();
  await new Promise((done) => server.tryShutdown(done));
}, 30_000);
`;

describe('what cannot be looked into', () => {
  it.each([
    ['of a server that is shut down', SHUTS_DOWN, 'tryShutdown'],
    ['of a policy that is made', HIDES, 'createLoadBalancer'],
  ])('%s is said loudly, and never thrown at the user', async (_what, text, name) => {
    const run = await runJest({ files: { 'hostile.test.js': text } });
    const failed = [...run.tests].filter(([, { status }]) => status !== 'passed');
    expect(failed).toEqual([]);
    expect(run.tests.size).toBeGreaterThan(0);
    expect(run.code).toBe(1);
    expect(run.reports[0]?.probeFailures.map(({ why }) => why)).toEqual([
      `what \`${name}\` was doing could not be seen: hostile`,
    ]);
    expect(run.output).toContain(`what \`${name}\` was doing could not be seen: hostile`);
  });
});
