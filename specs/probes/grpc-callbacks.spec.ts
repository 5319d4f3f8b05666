import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';

jest.setTimeout(120_000);

const GRPC = JSON.stringify(require.resolve('@grpc/grpc-js'));

/** In a process of its own: what of a connection its accepted end would tell is not there. */
const SERVER = `
const { Server, ServerCredentials } = require(${GRPC});
new Server().bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, port) => process.send(port));
process.on('disconnect', () => process.exit());
`;

const TESTS = `
const { fork } = require('node:child_process');
const { once } = require('node:events');
const { Channel, Client, connectivityState, credentials } = require(${GRPC});

let server, target;
beforeAll(async () => {
  server = fork(require.resolve('./server.js'));
  target = '127.0.0.1:' + (await once(server, 'message'))[0];
});
afterAll(async () => { server.kill(); await once(server, 'exit'); });

const soon = () => Date.now() + 10_000;
const ready = (channel) => new Promise((done, failed) => {
  const step = (error) => {
    if (error) return failed(error);
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY) return done();
    channel.watchConnectivityState(state, soon(), step);
  };
  step();
});

test('closes both of two', async () => {
  const first = new Channel(target, credentials.createInsecure(), {});
  await ready(first);
  const second = new Channel(target, credentials.createInsecure(), {});
  await ready(second);
  first.close();
  second.close();
});
test('leaks the one that has taken over', async () => {
  const first = new Channel(target, credentials.createInsecure(), {});
  await ready(first);
  const second = new Channel(target, credentials.createInsecure(), {}); // opens
  await ready(second);
  first.close();
  await new Promise((done) => setTimeout(done, 20));
});
test('clears what it arms when a client is ready', (done) => {
  const client = new Client(target, credentials.createInsecure());
  client.waitForReady(soon(), () => {
    clearInterval(setInterval(() => {}, 60_000));
    client.close();
    done();
  });
});
test('leaks what it arms when a client is ready', (done) => {
  const client = new Client(target, credentials.createInsecure());
  client.waitForReady(soon(), () => {
    setInterval(() => {}, 60_000); // opens
    client.close();
    done();
  });
});
test('leaks another client that it makes then', (done) => {
  const client = new Client(target, credentials.createInsecure());
  client.waitForReady(soon(), () => {
    const other = new Client(target, credentials.createInsecure()); // opens
    client.close();
    other.waitForReady(soon(), () => done());
  });
});
test('leaks what it arms when a channel connects', (done) => {
  const channel = new Channel(target, credentials.createInsecure(), {});
  channel.watchConnectivityState(channel.getConnectivityState(true), soon(), () => {
    setInterval(() => {}, 60_000); // opens
    channel.close();
    done();
  });
});
test('leaks what it arms when a channel is closed', (done) => {
  const client = new Client(target, credentials.createInsecure());
  client.waitForReady(soon(), () => {
    client.getChannel().watchConnectivityState(connectivityState.READY, Infinity, () => {
      setInterval(() => {}, 60_000); // opens
    });
    client.close();
    setImmediate(done);
  });
});
test('leaks what it arms when nobody has answered in time', (done) => {
  const client = new Client('127.0.0.1:1', credentials.createInsecure());
  client.waitForReady(Date.now() + 20, () => {
    setInterval(() => {}, 60_000); // opens
    client.close();
    done();
  });
});
`;

describe('what a test opens when a channel tells it of its state', () => {
  let run: JestRun;
  const files = { 'server.js': SERVER, 'callbacks.test.js': TESTS };

  beforeAll(async () => {
    run = await runJest({ files, config: { transform: {} } });
  });

  it('is the test’s, at its own line, and nothing that the channel has left', () => {
    expectClaims(run, files);
  });

  it('is no defect of the library', () => {
    expect(findingsOf(run).filter((finding) => finding.class === 'library')).toEqual([]);
  });
});
