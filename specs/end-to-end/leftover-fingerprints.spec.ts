import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

const GRPC = JSON.stringify(require.resolve('@grpc/grpc-js'));

/** A library's policy that leaves a timer and a child. What else it does, and in which order, differs from machine to machine. */
const SPENDTHRIFT = `
const { experimental } = require(${GRPC});
const { ChildLoadBalancerHandler, registerLoadBalancerType, selectLbConfigFromList } = experimental;
const how = {};
class Policy {
  constructor(helper) {
    for (let timers = 0; timers < how.wastes; timers++) clearTimeout(setTimeout(() => {}, 50_000));
    this.helper = helper;
  }
  updateAddressList(...args) {
    const child = () => new ChildLoadBalancerHandler(this.helper).updateAddressList(args[0], selectLbConfigFromList([{ pick_first: {} }]), ...args.slice(2));
    const timers = () => { for (const delayMs of how.delaysMs) setTimeout(() => {}, delayMs); };
    const steps = { child, timers };
    for (const step of how.steps) steps[step]();
    return true;
  }
  exitIdle() {}
  resetBackoff() {}
  destroy() {}
  getTypeName() { return 'spendthrift'; }
}
class Config {
  getLoadBalancerName() { return 'spendthrift'; }
  toJsonObject() { return { spendthrift: {} }; }
  static createFromJson() { return new Config(); }
}
registerLoadBalancerType('spendthrift', Policy, Config);
exports.how = how;
`;

/** A client is opened and closed in the same place, whatever its policy does. */
const CLIENT = `
const { Client, credentials } = require(${GRPC});
const serviceConfig = JSON.stringify({ loadBalancingConfig: [{ spendthrift: {} }] });
exports.openAndClose = async () => {
  const client = new Client('127.0.0.1:1', credentials.createInsecure(), { 'grpc.service_config': serviceConfig });
  client.getChannel().getConnectivityState(true);
  await new Promise((done) => setTimeout(done, 20));
  client.close();
};
`;

const PLAYS = {
  'child-last': { wastes: 0, steps: ['timers', 'child'], delaysMs: [50_000] },
  'child-first': { wastes: 0, steps: ['child', 'timers'], delaysMs: [50_000] },
  'no-stack-left': { wastes: 200, steps: ['timers', 'child'], delaysMs: [50_000] },
  'timers-alone': { wastes: 0, steps: ['timers'], delaysMs: [40_000, 50_000] },
  'timers-turned-round': { wastes: 200, steps: ['timers'], delaysMs: [50_000, 40_000] },
};

const testOf = (how: object): string => `
Object.assign(require('spendthrift').how, ${JSON.stringify(how)});
test('closes its client', () => require('./client').openAndClose());
`;

describe('what a closed client’s library has left', () => {
  let run: JestRun;
  const said = (play: keyof typeof PLAYS): readonly (string | undefined)[] =>
    findingsOf(run).flatMap(({ scope, fingerprint, class: of, message }) =>
      scope.file.endsWith(`/${play}.test.js`)
        ? [fingerprint, of, /yet its (.+ left an? [^,.(]+?)(?: \(|,|\.)/.exec(message)?.[1]]
        : [],
    );

  beforeAll(async () => {
    const tests = Object.entries(PLAYS).map(([name, how]) => [`${name}.test.js`, testOf(how)]);
    run = await runJest({
      files: {
        ...Object.fromEntries(tests),
        'client.js': CLIENT,
        'node_modules/spendthrift/package.json': JSON.stringify({ name: 'spendthrift', main: 'index.js' }),
        'node_modules/spendthrift/index.js': SPENDTHRIFT,
      },
      args: ['--maxWorkers=2', '--forceExit'],
    });
  });

  it('has the same fingerprint in whatever order it was made, and whether or not there was a stack to spare', () => {
    expect(said('child-last')).toEqual([expect.any(String), 'library', 'spendthrift policy left a pick_first policy']);
    expect(said('child-first')).toEqual(said('child-last'));
    expect(said('no-stack-left')).toEqual(said('child-last'));
  });

  it('is told by its longest timer, if there are but timers', () => {
    expect(said('timers-alone')).toEqual([expect.any(String), 'library', 'spendthrift policy left a timeout of 50 s']);
    expect(said('timers-turned-round')).toEqual(said('timers-alone'));
    expect(said('timers-alone')[0]).not.toBe(said('child-last')[0]);
  });
});
