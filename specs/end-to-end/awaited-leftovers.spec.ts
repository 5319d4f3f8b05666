import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

jest.setTimeout(60_000);

const HEAD = `
const net = require('node:net');
const fs = require('node:fs');
const zlib = require('node:zlib');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { once } = require('node:events');
const { compose, PassThrough, Readable, Transform } = require('node:stream');
const { finished, pipeline } = require('node:stream/promises');
const connect = async () => {
  const socket = net.connect(Number(process.env.PEER), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};
const zeros = () => fs.createReadStream('/dev/zero', { highWaterMark: 8 });
const stuck = () => new Transform({ transform() {} });
const readOut = async (stream) => { for await (const _ of stream); };
`;

/** Each is begun, and waited for by what nobody waits for: with the thing put away it fails, and nobody handles that. */
const WAYS: Readonly<Record<string, string>> = {
  'a child process':
    'const done = promisify(execFile)("sleep", ["60"]); await once(done.child, "spawn"); begun(done, done.child);',
  'a loop over a connection': 'const socket = await connect(); begun(readOut(socket), socket);',
  'a pipeline from a connection': 'const socket = await connect(); begun(pipeline(socket, stuck()), socket);',
  'the end of a connection': 'const socket = await connect(); begun(finished(socket), socket);',
  'the web stream of a connection': 'const socket = await connect(); begun(readOut(Readable.toWeb(socket)), socket);',
  'a pipeline from a file': 'const file = zeros(); await once(file, "open"); begun(pipeline(file, stuck()), file);',
  'what a file is composed into':
    'const file = zeros(); const all = compose(file, new PassThrough({ highWaterMark: 8 })); await once(all, "readable"); begun(all, file);',
  'a pipeline through a gzip':
    'const gzip = zlib.createGzip(); const from = new PassThrough(); begun(pipeline(from, gzip, stuck()), gzip); from.write("x"); await once(gzip, "data");',
};

const NAMES = Object.keys(WAYS);

/** Every other one by a function of the file, judged when that is over; the others by the test's own body, when the test is. */
const file = (prefix: string, begun: string, end: string): string => `${HEAD}
${begun}
${Object.entries(WAYS)
  .map(
    ([name, code], index) => `
${index % 2 === 0 ? `const go${index} = async () => { ${code} };` : ''}
test('${prefix}: ${name}', async () => { ${index % 2 === 0 ? `await go${index}();` : code} ${end} });
test('goes on after ${prefix}: ${name}', () => new Promise((done) => { setTimeout(done, 5); }));`,
  )
  .join('\n')}
`;

const CARELESS = 'const kept = []; const begun = (...all) => { kept.push(all); };';
const CAREFUL = `
let end;
const begun = (waiting, thing) => {
  end = async () => {
    const gone = once(thing, 'close');
    if (waiting.catch !== undefined) waiting.catch(() => {});
    else waiting.on('error', () => {});
    if (thing.kill !== undefined) thing.kill();
    else thing.destroy();
    await gone;
  };
};`;

describe('what is put away while somebody waits for it', () => {
  let run: JestRun;
  const accepted = new Set<Socket>();
  const peer = createServer((socket) => {
    accepted.add(socket);
    socket.on('error', () => {});
  });

  beforeAll(async () => {
    peer.listen(0, '127.0.0.1');
    await once(peer, 'listening');
    run = await runJest({
      files: {
        'careless.test.js': file('careless', CARELESS, ''),
        'careful.test.js': file('careful', CAREFUL, 'await end();'),
      },
      config: { transform: {} },
      env: { PEER: String((peer.address() as AddressInfo).port) },
    });
  });

  afterAll(async () => {
    for (const socket of accepted) socket.destroy();
    peer.close();
    await once(peer, 'close');
  });

  it('fails its own test for the leak and for nothing else, and no other', () => {
    const failed = [...run.tests].filter(([, { status }]) => status !== 'passed');
    expect(failed.map(([name, { messages }]) => [name, messages.match(/Premature|aborted|Command failed/)])).toEqual(
      NAMES.map((name) => [`careless: ${name}`, null]),
    );
    expect(run.tests.size).toBe(4 * NAMES.length);
    expect(run.unfinished).toEqual([]);
  });

  it('is no leak where it is ended', () => {
    expect(findingsOf(run).map(({ scope }) => scope.path.join())).toEqual(
      expect.not.arrayContaining([expect.stringMatching('careful')]),
    );
    expect(findingsOf(run).length).toBe(NAMES.length);
  });
});
