import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectClaims, findingsOf } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';

jest.setTimeout(120_000);

const GRPC = JSON.stringify(require.resolve('@grpc/grpc-js'));

const CHANNELS = `
const { Channel, Client, connectivityState, credentials } = require(${GRPC});
const target = process.env.TARGET;
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
`;

/** The second one has the connection of the first, which is closed when the test is over. */
const TAKEN_OVER = `
${CHANNELS}
const open = async () => {
  const channel = new Channel(target, credentials.createInsecure(), {});
  await ready(channel);
  return async () => {
    channel.close();
    await new Promise((done) => setTimeout(done, 20));
  };
};
describe('of two', () => {
  const closing = [];
  afterEach(async () => { await closing.shift()(); });
  test('leaks the one that has taken over', async () => {
    const openAgain = async () => {
      const channel = new Channel(target, credentials.createInsecure(), {}); // opens
      await ready(channel);
      return () => channel.close();
    };
    closing.push(await open());
    closing.push(await openAgain());
  });
});
describe('of two, both closed', () => {
  const closing = [];
  afterEach(async () => { await Promise.all(closing.splice(0).map((close) => close())); });
  test('closes the one that has taken over', async () => {
    closing.push(await open());
    closing.push(await open());
  });
});
`;

const CALLBACKS = `
${CHANNELS}
/** Not while it is being told of: what becomes of its connection then is another matter. */
const end = (thing, done) => setTimeout(() => { thing.close(); done(); }, 5);

test('clears what it arms when a client is ready', (done) => {
  const client = new Client(target, credentials.createInsecure());
  client.waitForReady(soon(), () => {
    clearInterval(setInterval(() => {}, 60_000));
    end(client, done);
  });
});
test('leaks what it arms when a client is ready', (done) => {
  const client = new Client(target, credentials.createInsecure());
  client.waitForReady(soon(), () => {
    setInterval(() => {}, 60_000); // opens
    end(client, done);
  });
});
test('leaks another client that it makes then', (done) => {
  const client = new Client(target, credentials.createInsecure());
  client.waitForReady(soon(), () => {
    const other = new Client(target, credentials.createInsecure()); // opens
    other.waitForReady(soon(), () => end(client, done));
  });
});
test('leaks what it arms when a channel connects', (done) => {
  const channel = new Channel(target, credentials.createInsecure(), {});
  channel.watchConnectivityState(channel.getConnectivityState(true), soon(), () => {
    setInterval(() => {}, 60_000); // opens
    end(channel, done);
  });
});
test('leaks what it arms when a channel is closed', (done) => {
  const client = new Client(target, credentials.createInsecure());
  client.waitForReady(soon(), () => {
    client.getChannel().watchConnectivityState(connectivityState.READY, Infinity, () => {
      setInterval(() => {}, 60_000); // opens
    });
    end(client, done);
  });
});
test('leaks what it arms when nobody has answered in time', (done) => {
  const client = new Client('127.0.0.1:1', credentials.createInsecure());
  client.waitForReady(Date.now() + 20, () => {
    setInterval(() => {}, 60_000); // opens
    end(client, done);
  });
});
`;

describe('what a test opens when a channel tells it of its state', () => {
  let run: JestRun;
  const files = { 'taken-over.test.js': TAKEN_OVER, 'callbacks.test.js': CALLBACKS };

  // In another process than the tests, and there when they are over: what of a connection would end with it is to be told.
  const server = new Server();

  beforeAll(async () => {
    const port = await new Promise<number>((done, failed) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? done(bound) : failed(error),
      );
    });
    run = await runJest({ files, config: { transform: {} }, env: { TARGET: `127.0.0.1:${port}` } });
  });

  afterAll(() => server.forceShutdown());

  it('is the test’s, at its own line, and nothing that the channel has left', () => {
    expectClaims(run, files);
  });

  it('is no defect of the library', () => {
    expect(findingsOf(run).filter((finding) => finding.class === 'library')).toEqual([]);
  });
});
