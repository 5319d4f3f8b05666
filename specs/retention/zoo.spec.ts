import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { HeapAnswer, TargetAnswer } from '../../harness/engine/heap/explain';
import { drawPath } from '../../harness/model/retainer-path';

jest.setTimeout(60_000);

const ROOT = resolve(__dirname, '../..');
const ZOO = join(ROOT, 'fixtures/retention');

const kinds = readdirSync(ZOO, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(ZOO, entry.name)).includes('path.txt'))
  .map(({ name }) => name)
  .sort();

const answers = new Map<string, TargetAnswer>();

/** A path as its fixture expects it: without sizes, which are other ones on every Node. */
function told(answer: TargetAnswer | undefined): string {
  if (answer?.kind !== 'held') return answer?.kind ?? 'nothing';
  const drawn = drawPath(answer.path)
    .replace(/ should be gone; .*/, '')
    // V8 names an object of Node 20's after the class that constructed it.
    .replace('#signal : EventTarget', '#signal : AbortSignal');
  return `${drawn}\n${answer.path.fingerprint}\n`;
}

const answerOf = (kind: string, variant: string): TargetAnswer | undefined =>
  [...answers].find(([name]) => name.startsWith(`${kind}/${variant}.`))?.[1];

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-r', 'esbuild-register', 'fixtures/retention/zoo.ts'],
    { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: undefined }, maxBuffer: 1 << 26 },
  );
  const { names, answer } = JSON.parse(stdout) as { names: string[]; answer: HeapAnswer };
  if (answer.kind !== 'explained') throw new Error(JSON.stringify(answer));
  names.forEach((name, index) => {
    const target = answer.targets[index];
    if (target !== undefined) answers.set(name, target);
  });
});

describe('what is held, whichever way, is told with the path that holds it', () => {
  it('knows every way that can be thought of', () => {
    expect(kinds.length).toBeGreaterThan(28);
    expect(answers.size).toBe(2 * kinds.length);
  });

  it.each(kinds)('%s', (kind) => {
    expect(told(answerOf(kind, 'holds'))).toBe(readFileSync(join(ZOO, kind, 'path.txt'), 'utf8'));
  });

  it.each(kinds)('%s, let go again, is gone', (kind) => {
    expect(told(answerOf(kind, 'clean'))).toBe('collected');
  });
});
