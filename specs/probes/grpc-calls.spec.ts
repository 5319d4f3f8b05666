import { describe, expect, it } from '@jest/globals';
import { findingsOf } from '../end-to-end/claims';
import { runJest } from '../end-to-end/jest-project';
import { describeProbe } from './probe-fixtures';

const call = (method: string) => ({
  kind: 'grpc-call',
  says: new RegExp(
    `^A gRPC call /probes\\.Talk/${method} was started in this test, but never ended\\.\nWait for its end, or cancel it with \`call\\.cancel\\(\\)\`, in the test`,
  ),
});

describeProbe('grpc-calls', {
  'leaks-unary': call('Hang'),
  'leaks-client-stream': call('Upload'),
  'leaks-server-stream': call('Watch'),
  'leaks-bidi': call('Talk'),
  'leaks-deadline': call('Hang'),
  'leaks-retry': call('Refuse'),
  'leaks-retry-given-up': {
    kind: 'grpc-call',
    says: /^A gRPC call \/probes\.Talk\/Refuse was ended in this test, yet it left a timeout of [\d,.]+ m?s \(retrying-call\.ts:\d+\)\.\nNo call of yours ends it: the defect is in @grpc\/grpc-js\./,
  },
  'leaks-hedging': call('Hang'),
  'leaks-intercepted': call('Hang'),
  'leaks-client-closed': call('Watch'),
  'leaks-deadline-client-closed': call('Hang'),
});

describe('a call that has no deadline', () => {
  it('is not said to have one where the library keeps a timer that is over in its place', async () => {
    const run = await runJest({
      files: {
        'never.test.js': `
const { Client, credentials, Metadata } = require(${JSON.stringify(require.resolve('grpc-js-1.10.11'))});
const same = (bytes) => bytes;
test('calls nobody', async () => {
  const client = new Client('127.0.0.1:1', credentials.createInsecure());
  await new Promise((done) => client.waitForReady(Date.now() + 20, done));
  const patient = new Metadata({ waitForReady: true });
  client.makeUnaryRequest('/no/deadline', same, same, Buffer.of(1), patient, () => {});
  client.makeUnaryRequest('/a/deadline', same, same, Buffer.of(1), patient, { deadline: Date.now() + 60_000 }, () => {});
  await new Promise(setImmediate);
});`,
      },
    });
    const details = findingsOf(run).flatMap(({ root }) => root.owns.map(({ detail }) => detail));
    expect(details.filter((detail) => detail?.startsWith('call'))).toEqual([
      'call /no/deadline  neither ended nor cancelled',
      'call /a/deadline  neither ended nor cancelled, has a deadline',
    ]);
  });
});
