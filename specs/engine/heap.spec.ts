import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { HeapAnswer, TargetAnswer } from '../../harness/engine/heap/explain';

jest.setTimeout(60_000);

const EXPLAIN = resolve(__dirname, '../../dist/engine/heap/explain.js');

/** A process that keeps some things of its own, and asks about them. */
const ASKING = `
const { explain } = require(${JSON.stringify(EXPLAIN)});
class Thing { constructor(bytes) { this.bulk = Array.from({ length: bytes / 8 }, Object); } }
function make() {
  exports.large = new Thing(80_000);
  exports.small = new Thing(80_000);
  exports.shared = exports.small.bulk;
  return [exports.large, exports.small, new Thing(8)].map((thing) => new WeakRef(thing));
}
const targets = make();
const said = [];
setTimeout(async () => {
  const answer = await explain({
    targets,
    global: undefined,
    testFile: undefined,
    mostHeapBytes: Number(process.argv[1]),
    progress: (stage) => said.push(stage?.replace(/\\d+/g, 'n') ?? 'over'),
  });
  console.log(JSON.stringify({ answer, said }));
}, 20);
`;

/** A process that asks with so many small objects in one list, or else in lists of a hundred, and says how much memory it needed. */
const LISTING = `
const { explain } = require(${JSON.stringify(EXPLAIN)});
const [count, length] = process.argv.slice(1).map(Number);
exports.lists = [];
for (let made = 0; made < count; made += length) exports.lists.push(Array.from({ length }, () => ({ a: {} })));
exports.target = { of: 'all' };
const target = new WeakRef(exports.target);
setTimeout(async () => {
  const answer = await explain({ targets: [target], global: undefined, testFile: undefined, mostHeapBytes: 500e6 });
  console.log(JSON.stringify({ kind: answer.targets?.[0]?.kind, bytes: process.resourceUsage().maxRSS * 1024 }));
}, 20);
`;

let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'leakgate-heap-spec-'));
});
afterEach(() => rmSync(temporary, { recursive: true }));

async function asked(mostHeapBytes: number, folder = temporary): Promise<{ answer: HeapAnswer; said: string[] }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', ASKING, String(mostHeapBytes)], {
    env: { ...process.env, NODE_OPTIONS: undefined, TMPDIR: folder, TEMP: folder, TMP: folder },
  });
  return JSON.parse(stdout) as { answer: HeapAnswer; said: string[] };
}

const bytesOf = (answer: TargetAnswer | undefined): number => (answer?.kind === 'held' ? answer.path.bytes : -1);

describe('asking the heap', () => {
  it('answers in order, weighs, tells what it is at, and leaves no file', async () => {
    const { answer, said } = await asked(500e6);
    if (answer.kind !== 'explained') throw new Error(JSON.stringify(answer));
    const [large, shared, dropped] = answer.targets;
    expect(bytesOf(large)).toBeGreaterThan(80_000);
    // What others hold as well would not be free without it.
    expect(bytesOf(shared)).toBeGreaterThan(0);
    expect(bytesOf(shared)).toBeLessThan(8_000);
    expect(dropped).toEqual({ kind: 'collected' });
    expect(said).toEqual(['writing a heap snapshot', 'reading it, n MB', 'looking for what holds them', 'over']);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('takes no snapshot past the limit, and says how much is used', async () => {
    const { answer, said } = await asked(1e6);
    expect(answer).toEqual({ kind: 'too-large', usedBytes: expect.any(Number) });
    expect(said).toEqual(['over']);
  });

  it('says why, if it cannot', async () => {
    const { answer } = await asked(500e6, join(temporary, 'no-such-folder'));
    expect(answer).toEqual({ kind: 'failed', why: expect.stringContaining('ENOENT') });
  });

  it('needs no kilobyte for each element of a long list', async () => {
    const count = 150_000;
    const needed = async (length: number): Promise<number> => {
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', LISTING, String(count), String(length)]);
      const { kind, bytes } = JSON.parse(stdout) as { kind: string; bytes: number };
      expect(kind).toBe('held');
      return bytes;
    };
    // A process may take more than it needs, never less: the least of three is nearest to the need.
    const least = Math.min(await needed(count), await needed(count), await needed(count));
    expect(least - (await needed(100))).toBeLessThan(count * 500);
  }, 180_000);
});
