import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { InspectorSession } from '../inspector-session';
import type { HeapGraph } from './heap-graph';
import { IndexNames, longestList } from './index-names';
import { SnapshotParser } from './snapshot-parser';

// A test may have put stand-ins in their place.
const fs = { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync };
const directory = tmpdir;
const write = writeHeapSnapshot;

const CHUNK_BYTES = 4 << 20;

/**
 * V8 before 12 looks for each function's line from the beginning of its script, unless the script's lines are known: with a compiler
 * in the process (ts-jest's 9 MB) that takes a minute. A debugger that comes and goes makes them known, in a quarter of a second.
 */
function learnLines(): void {
  if (Number(process.versions.v8.split('.', 1)[0]) >= 12) return;
  try {
    using session = new InspectorSession();
    session.post('Debugger.enable');
    session.post('Debugger.disable');
  } catch {
    // A Node that was built without it takes its time.
  }
}

/**
 * Writes a snapshot to a file of the system's temporary folder, reads it and removes it, whatever happens. A file, because the
 * stream that Node offers hands over one giant chunk on some versions; numbers are asked for, for a timer's delay is one.
 * @param isNext it will be compared with an earlier one: with the end of any inspector's session V8 gives all objects new numbers
 * @throws what the file system throws
 */
export function takeSnapshot(progress: (said: string) => void, isNext = false): HeapGraph {
  const folder = fs.mkdtempSync(join(directory(), 'leakgate-heap-'));
  try {
    progress('writing a heap snapshot');
    if (!isNext) learnLines();
    // `exposeNumericValues` is newer than the types.
    const options = { exposeNumericValues: true } as object;
    const names = new IndexNames(longestList());
    const file = (write as (name: string, options: object) => string)(join(folder, 'heap.heapsnapshot'), options);
    void names.count;
    return readSnapshot(file, progress);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function readSnapshot(file: string, progress: (said: string) => void): HeapGraph {
  const descriptor = fs.openSync(file, 'r');
  try {
    const { size } = fs.fstatSync(descriptor);
    progress(`reading it, ${Math.round(size / 1e6)} MB`);
    const parser = new SnapshotParser(size);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const bytes = fs.readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      if (bytes === 0) return parser.end();
      parser.write(chunk.subarray(0, bytes));
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
