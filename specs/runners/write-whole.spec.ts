import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from '@jest/globals';

const WRITER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { writeWhole } = require(workerData.module);
  let failure = '';
  try {
    for (let times = 0; times < 500; times++) writeWhole(workerData.path, workerData.text);
  } catch (error) {
    failure = String(error);
  }
  parentPort.postMessage(failure);
`;

it('writes for two threads of one process, and neither is in the way of the other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakgate-spec-'));
  try {
    const path = join(folder, 'settings.json');
    const module = resolve(__dirname, '../../dist/runners/write-whole.js');
    const text = JSON.stringify({ text: 'x'.repeat(10_000) });
    const writers = [1, 2].map(() => new Worker(WRITER, { eval: true, workerData: { module, path, text } }));
    const ends = writers.map((writer) => once(writer, 'exit'));
    const failures = await Promise.all(writers.map(async (writer) => (await once(writer, 'message'))[0] as string));
    await Promise.all(ends);
    expect(failures).toEqual(['', '']);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['settings.json']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
