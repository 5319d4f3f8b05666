import { beforeAll, describe, expect, it } from '@jest/globals';
import { findingsOf } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';

/** More than are searched with each that is loaded, and not a multiple of how many are skipped then. */
const MODULES = 1_001;

const many = Object.fromEntries(
  Array.from({ length: MODULES }, (_, nth) => [`many/m${nth}.js`, `exports.nth = ${nth};`]),
);

const FILES = {
  ...many,
  'early.js': `
const { credentials, makeGenericClientConstructor } = require('@grpc/grpc-js');
const Client = makeGenericClientConstructor({}, 'Early');
exports.client = new Client('127.0.0.1:9', credentials.createInsecure()); // opens
`,
  'late.test.js': `
for (let nth = 0; nth < ${MODULES}; nth++) require('./many/m' + nth);
const { client } = require('./early');
test('knows the client', () => {
  expect(client.getChannel().getTarget()).toContain('127.0.0.1:9');
});
`,
};

describe('gRPC that is loaded after very many modules, and used at once', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files: FILES, config: { transform: {} } });
  }, 120_000);

  it('has its channel told, at its line', () => {
    const told = findingsOf(run).map(({ root, openedAt }) => [root.kind, openedAt?.file, openedAt?.line]);
    expect(told).toEqual([['grpc-channel', expect.stringMatching(/early\.js$/), 4]]);
    expect(run.reports[0]?.probeFailures).toEqual([]);
  });
});
