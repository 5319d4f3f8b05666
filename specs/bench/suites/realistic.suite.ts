import { open, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { scale } from './scale';
import { type Notes, startNotes, startWeb, type Web } from './services';

let notes: Notes;
let web: Web;

beforeAll(async () => {
  notes = await startNotes();
  web = await startWeb();
});

afterAll(async () => {
  await notes.close();
  await web.close();
});

const sum = async (numbers: readonly number[]): Promise<number> => {
  let total = 0;
  for (const number of numbers) total += await Promise.resolve(number);
  return total;
};

/** Answers, or fails after a second: most timers in real code are deadlines that are cleared. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(new Error('too late')), 1_000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(deadline);
  }
}

const kinds = [
  async () => {
    const numbers = Array.from({ length: 500 }, (_, index) => index);
    expect(await sum(numbers)).toBe(124_750);
    for (let times = 0; times < 20; times++) expect(await inTime(sum([times, 1]))).toBe(times + 1);
  },
  async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => inTime(pause(1 + (index % 4), index))));
    expect(answers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  },
  async () => {
    for (const path of ['/a', '/b', '/c']) expect(JSON.parse(await inTime(web.get(path)))).toEqual({ path });
    expect(await Promise.all(['/d', '/e', '/f'].map((path) => web.get(path)))).toHaveLength(3);
  },
  async () => {
    for (const word of ['one', 'two', 'three', 'four']) {
      expect(await inTime(notes.shout(word))).toBe(word.toUpperCase());
    }
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((word) => notes.shout(word)))).toEqual(['A', 'B', 'C', 'D']);
  },
  async () => {
    for (let times = 0; times < 5; times++) expect(await readFile(__filename, 'utf8')).toContain('inTime');
    const file = await open(__filename);
    try {
      expect((await file.stat()).size).toBeGreaterThan(0);
      expect((await file.read(Buffer.alloc(64), 0, 64, 0)).bytesRead).toBe(64);
    } finally {
      await file.close();
    }
  },
];
const names = ['awaits', 'waits for timers', 'asks over HTTP', 'calls over gRPC', 'reads files'];

describe.each(names.map((name, index) => ({ name, index })))('$name', ({ index }) => {
  for (let number = 0; number < scale.testsPerFile / names.length; number++) {
    test(`as people do (${number})`, async () => {
      await kinds[index]?.();
    });
  }
});
