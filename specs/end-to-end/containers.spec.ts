import { beforeAll, describe, it, jest } from '@jest/globals';
import { expectClaims } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

/** A container of a package's makes what it was told of when it is first asked for, some calls further in. */
const CONTAINER = `
const made = new Map();
const later = (depth, fn) => (depth === 0 ? fn() : later(depth - 1, fn));
exports.container = {
  resolve(type) {
    if (!made.has(type)) later(12, () => { made.set(type, new type()); });
    return made.get(type);
  },
};
`;

const USES = `
const { container } = require('container');
class Cache {
  constructor() { this.sweep = setInterval(() => {}, 5_000); }
  close() { clearInterval(this.sweep); }
}
describe('a service of the suite', () => {
  afterAll(() => { container.resolve(Cache).close(); });
  test('is made for the first who asks', () => { container.resolve(Cache); });
  test('is there for the next', () => { container.resolve(Cache); });
});
test('leaks a service', () => { container.resolve(Mailer); });
class Mailer {
  constructor() {
    this.queue = setInterval(() => {}, 5_000); // opens
  }
}
`;

describe('what a container of a package makes when it is first asked', () => {
  let run: JestRun;
  const files = { 'node_modules/container/index.js': CONTAINER, 'uses.test.js': USES };
  beforeAll(async () => {
    run = await runJest({ files, config: { testEnvironmentOptions: { leakgate: { graceMs: 50 } } } });
  });

  it('is for whoever closes it, and a leak of the test where nobody does', () => {
    expectClaims(run, files);
  });
});
