import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectClaims } from '../end-to-end/claims';
import { type JestRun, runJest } from '../end-to-end/jest-project';
import { describeProbe } from './probe-fixtures';

describeProbe('files', {
  'leaks-descriptor': {
    kind: 'file-descriptor',
    says: /^A file descriptor on leaks-descriptor\.ts \(fd \d+\) was opened in this test, but never closed\.\nClose it with `fs\.closeSync\(fd\)` in the test/,
  },
  'leaks-descriptor-callback': {
    kind: 'file-descriptor',
    says: /^A file descriptor on leaks-descriptor-callback\.ts /,
  },
  'leaks-descriptor-reused': { kind: 'file-descriptor', says: /^A file descriptor on leaks-descriptor-reused\.ts / },
  'leaks-handle': {
    kind: 'file-handle',
    says: /^A file handle on leaks-handle\.ts was opened in this test, but never closed\.\nClose it with `await handle\.close\(\)`/,
  },
  'leaks-handle-collected': { kind: 'file-handle', says: /^A file handle on leaks-handle-collected\.ts / },
  'leaks-handle-stream': { kind: 'file-handle', says: /^A file handle on leaks-handle-stream\.ts / },
  'leaks-read-stream': {
    kind: 'read-stream',
    says: /^A read stream on leaks-read-stream\.ts was opened in this test, but never closed\.\n.*`stream\.destroy\(\)`/,
  },
  'leaks-read-stream-subclass': { kind: 'read-stream', says: /^A read stream on leaks-read-stream-subclass\.ts / },
  'leaks-read-stream-collected': { kind: 'read-stream', says: /^A read stream on leaks-read-stream-collected\.ts / },
  'leaks-write-stream': {
    kind: 'write-stream',
    says: /^A write stream on .*log\.txt was opened in this test, but never closed\.\nEnd it with `stream\.end\(\)`/,
  },
  'leaks-directory': { kind: 'directory', says: /^A directory handle on .*files was opened in this test/ },
  'leaks-directory-promised': { kind: 'directory', says: /^A directory handle on .*files was opened in this test/ },
});

/** Named imports of an ESM test file, bound when it is linked. */
const ESM = {
  'package.json': '{ "type": "module" }',
  'named.test.js': `
import fs, { closeSync, createReadStream, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
test('closes by named imports', async () => {
  closeSync(openSync(import.meta.filename));
  await (await open(import.meta.filename)).close();
  expect(fs.openSync).toBe(openSync);
});
test('leaks a descriptor', () => {
  openSync(import.meta.filename); // opens
});
test('leaks a handle', async () => {
  globalThis.handle = await open(import.meta.filename); // opens
});
test('leaks a stream', async () => {
  const stream = createReadStream(import.meta.filename); // opens
  await new Promise((done) => stream.once('open', done));
});`,
};

/** What a suite opened, and who closed it. */
const SHARED = {
  'shared.test.js': `
const fs = require('node:fs');
let fd, rotated;
const log = { rotate() { fs.closeSync(rotated); rotated = fs.openSync(__filename); } };
beforeAll(() => { fd = fs.openSync(__filename); rotated = fs.openSync(__filename); });
afterAll(() => { fs.closeSync(rotated); });
test('uses it', () => { expect(fs.fstatSync(fd).isFile()).toBe(true); });
test('makes a log of the suite rotate its file', () => { log.rotate(); });
test('closes it for the others', () => { fs.closeSync(fd); });
`,
};

/** Functions of `fs` mocked away as a whole. */
const MOCKED = {
  'mocked.test.js': `
jest.mock('node:fs');
const fs = require('node:fs');
test('calls no real function', () => {
  expect(fs.openSync('/nowhere')).toBeUndefined();
  fs.openSync.mockReturnValue(3);
  expect(fs.openSync('/nowhere')).toBe(3);
  expect(fs.createReadStream('/nowhere')).toBeUndefined();
});`,
  'factory.test.js': `
jest.mock('fs', () => ({ ...jest.requireActual('fs'), closeSync: jest.fn() }));
const fs = require('fs');
test('leaks what a mock does not close', () => {
  fs.closeSync(fs.openSync(__filename)); // opens
});`,
};

describe('fs', () => {
  let run: JestRun;

  describe('in ESM test files', () => {
    beforeAll(async () => {
      run = await runJest({ files: ESM, nodeArgs: ['--experimental-vm-modules'], config: { transform: {} } });
    }, 60_000);

    it('is seen through named imports', () => expectClaims(run, ESM));
  });

  describe('mocked as a whole, or in part', () => {
    beforeAll(async () => {
      run = await runJest({ files: MOCKED });
    }, 60_000);

    it('is taken as it then is', () => expectClaims(run, MOCKED));
  });

  describe('closing what a suite had opened', () => {
    beforeAll(async () => {
      run = await runJest({ files: SHARED });
    }, 60_000);

    it('blames the test that did it', () => {
      const findings = run.reports.flatMap((report) => report.findings);
      expect(findings.map(({ kind, root }) => [kind, root.kind])).toEqual([['foreign-close', 'file-descriptor']]);
      expect([...run.tests].map(([name, { status }]) => [name, status])).toEqual([
        ['uses it', 'passed'],
        ['makes a log of the suite rotate its file', 'passed'],
        ['closes it for the others', 'failed'],
      ]);
    });
  });
});
