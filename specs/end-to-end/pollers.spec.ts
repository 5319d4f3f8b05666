import { beforeAll, describe, expect, it } from '@jest/globals';
import { findingsOf } from './claims';
import { type JestRun, runJest } from './jest-project';

/** Pollers that have no timer armed, but a request under way, as their tests end. */
const POLLER = `
  const crypto = require('node:crypto');
  const dns = require('node:dns');
  const fs = require('node:fs');
  const { setTimeout: pause } = require('node:timers/promises');
  const { promisify } = require('node:util');
  const zlib = require('node:zlib');

  const work = {
    readFile: () => fs.promises.readFile(__filename),
    stat: () => promisify(fs.stat)(__filename),
    lookup: () => dns.promises.lookup('localhost'),
    pbkdf2: () => promisify(crypto.pbkdf2)('password', 'salt', 500, 32, 'sha1'),
    gzip: () => promisify(zlib.gzip)('text'),
  };
  exports.kinds = Object.keys(work);
  exports.work = work;

  exports.poll = (kind, asked) => {
    let stopped = false;
    const poll = async () => {
      while (!stopped) {
        const answer = work[kind]();
        asked();
        await answer;
        await pause(2); // opens
      }
    };
    void poll();
    return () => {
      stopped = true;
    };
  };

  exports.watch = (asked) => {
    let timer;
    let closed = false;
    const look = () => {
      fs.stat(__filename, () => {
        if (!closed) timer = setTimeout(look, 2); // opens
      });
      asked();
    };
    look();
    return () => {
      closed = true;
      clearTimeout(timer);
    };
  };

  /** Starts a poller; fulfilled some turns after it has asked for the second time. */
  exports.midway = async (start, turns, stops = []) => {
    let times = 0;
    await new Promise((done) => {
      stops.push(start(() => {
        if (++times === 2) done();
      }));
    });
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
  };
`;

const FILES = {
  'poller.js': POLLER,
  'leaking.test.js': `
    const { kinds, midway, poll, watch } = require('./poller');
    const phases = [0, 0, 0, 0, 0, 0, 1, 2, 4, 8];
    for (const kind of kinds) test.each(phases)('leaks a poller of ' + kind + ' (%d, %#)', (turns) =>
      midway((asked) => poll(kind, asked), turns));
    test.each(phases)('leaks a watcher (%d, %#)', (turns) => midway(watch, turns));
  `,
  'clean.test.js': `
    const { kinds, midway, poll, watch, work } = require('./poller');
    const stops = [];
    afterEach(() => {
      for (const stop of stops.splice(0)) stop();
    });
    for (const kind of kinds) test.each([0, 0, 2])('stops a poller of ' + kind + ' (%d, %#)', (turns) =>
      midway((asked) => poll(kind, asked), turns, stops));
    test.each([0, 0, 2])('stops a watcher (%d, %#)', (turns) => midway(watch, turns, stops));
    test.each(kinds)('waits for nobody: %s', (kind) => {
      void work[kind]();
    });
  `,
};

describe('a poller', () => {
  let run: JestRun;

  beforeAll(async () => {
    run = await runJest({ files: FILES, args: ['--maxWorkers=2'] });
  }, 120_000);

  it('is found at the end of its test with a request under way, and a stopped one is no leak', () => {
    const line = (says: string): number => 1 + POLLER.split('\n').findIndex((text) => text.includes(says));
    const expected = [...run.tests.keys()]
      .filter((name) => name.startsWith('leaks '))
      .map((name) => `${name}: timeout ${line(name.includes('poller') ? 'pause(2)' : 'setTimeout(look')}`);
    // On a busy machine a job may take longer than is one of a poller's: then it is told itself, at the line that began it.
    const asked = `zlib-job ${line('promisify(zlib.gzip)')}`;
    const found = findingsOf(run).map(({ root, scope, openedAt }) => {
      const told = `${root.kind} ${openedAt?.line}`;
      return `${scope.path.join()}: ${told === asked ? `timeout ${line('pause(2)')}` : told}`;
    });
    // Where an answer takes longer than the grace the timer is found that was armed after it, as work that went on.
    expect(['leak', 'late']).toEqual(expect.arrayContaining([...new Set(findingsOf(run).map(({ kind }) => kind))]));
    expect(expected).toHaveLength(60);
    expect(found.sort()).toEqual(expected.sort());
    expect([...run.tests].filter(([name, { status }]) => (status === 'passed') === name.startsWith('leaks '))).toEqual(
      [],
    );
  });
});
