import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { HeapAnswer, TargetAnswer } from '../../harness/engine/heap/explain';
import { drawPath } from '../../harness/model/retainer-path';
import { type JestRunOptions, runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

const FIXTURES = resolve(__dirname, '../../fixtures/retention/jest');

/** What is said of each thing, by its name, of all files of a project. */
async function answersIn(project: string, options: JestRunOptions = {}): Promise<ReadonlyMap<string, TargetAnswer>> {
  const { output } = await runJest({
    ...options,
    rootDir: join(FIXTURES, project),
    config: { testEnvironment: join(FIXTURES, 'environment.js'), ...options.config },
  });
  const answers = new Map<string, TargetAnswer>();
  for (const [, json = ''] of output.matchAll(/^ANSWER (.*)$/gm)) {
    const { names, answer } = JSON.parse(json) as { names: string[]; answer: HeapAnswer };
    if (answer.kind !== 'explained') throw new Error(json);
    names.forEach((name, index) => {
      const target = answer.targets[index];
      if (target !== undefined) answers.set(name, target);
    });
  }
  if (answers.size === 0) throw new Error(output);
  return answers;
}

/** The lines of the path down to the thing itself, without what underlines suspects. */
function told(answer: TargetAnswer | undefined): string {
  if (answer?.kind !== 'held')
    return answer?.kind === 'excused' ? `excused: ${answer.by}` : (answer?.kind ?? 'nothing');
  const { hops } = answer.path;
  return drawPath({ ...answer.path, hops: hops.map((hop) => ({ ...hop, suspect: false })), below: [] }).replace(
    / +← .*/,
    '',
  );
}

describe('within Jest', () => {
  let answers: ReadonlyMap<string, TargetAnswer>;

  beforeAll(async () => {
    answers = await answersIn('commonjs');
  });

  it('names the module that holds a hundred, and counts and weighs them', () => {
    const answer = answers.get('invoker 7');
    if (answer?.kind !== 'held') throw new Error(told(answer));
    const { path } = answer;
    expect(path.root).toEqual({ kind: 'module', label: 'module protocol.ts' });
    expect(path.hops.map(({ name, holds, suspect }) => [name, holds, suspect === true])).toEqual([
      ['dubboProtocol', 'DubboProtocol', false],
      ['invokers', 'Map (100 entries)', false],
      ['"user-service:7"', 'Invoker', true],
    ]);
    expect(path.below).toEqual([{ how: 'property', name: 'url', holds: 'URL' }]);
    expect(path.alike).toBe(100);
    expect(path.bytes).toBeGreaterThan(100);
    expect(path.totalBytes).toBeGreaterThanOrEqual(99 * path.bytes);
  });

  it('shows the place of a function that a test has left behind', () => {
    const answer = answers.get('captured');
    if (answer?.kind !== 'held') throw new Error(told(answer));
    expect(answer.path.hops.map(({ name, holds }) => [name, holds])).toEqual([
      ['listeners', 'Array (1 element)'],
      ['0', 'function'],
      ['captured', 'Invoker'],
    ]);
    expect(answer.path.hops[1]?.at).toMatchObject({ file: join(FIXTURES, 'commonjs/held.test.ts'), origin: 'user' });
  });

  it('names the timer that holds', () => {
    expect(told(answers.get('polled'))).toBe(
      ['setInterval of 900 s', '└─ callback : function poll', '   └─ polled : Invoker'].join('\n'),
    );
  });

  it.each(['in a variable of the file', 'in a class of the file', 'in a variable of the suite'])(
    'excuses what is %s',
    (name) => {
      expect(told(answers.get(name))).toBe('excused: variables of the test file');
    },
  );

  it.each([
    'in the calls of a spy',
    'spied on',
    'printed',
    'in a failed expectation',
    'in the factory of a mock',
    'in a fake timer',
  ])('does not accuse what is %s', (name) => {
    expect(['collected', 'excused: the test framework or the harness']).toContain(told(answers.get(name)));
  });
});

describe('within Jest, as ES modules', () => {
  let answers: ReadonlyMap<string, TargetAnswer>;

  beforeAll(async () => {
    answers = await answersIn('esm', { nodeArgs: ['--experimental-vm-modules'], config: { transform: {} } });
  });

  it('names variables and exports of modules', () => {
    expect(told(answers.get('in a variable'))).toBe(
      ['module registry.js', '└─ hidden : Map (1 entry)', '   └─ [ "a" ] → Invoker'].join('\n'),
    );
    expect(told(answers.get('in an export'))).toBe(
      ['module registry.js', '└─ shown : Set (1 member)', '   └─ [ member ] → Invoker'].join('\n'),
    );
  });

  it.each(['in a variable of the file', 'in an export of the file'])('excuses what is %s', (name) => {
    expect(told(answers.get(name))).toBe('excused: variables of the test file');
  });
});

describe('across test files', () => {
  it('tells of what holds an earlier file’s things, and that they are its', async () => {
    const answers = await answersIn('realms', {
      config: { transform: {}, testSequencer: join(FIXTURES, 'realms/by-name.js') },
      args: ['--runInBand'],
    });
    expect(told(answers.get('of the first file'))).toBe(
      [
        'module node:https',
        '└─ exports.globalAgent : Agent',
        "   └─ listener of 'free' : function onFree of another test file's realm",
        '      └─ size : function',
        '         └─ kept : Map (1 entry)',
        '            └─ [ "first" ] → Connection',
      ].join('\n'),
    );
    // Gone already, or gone when the heap is asked.
    expect(['nothing', 'collected']).toContain(told(answers.get('released by the first file')));
  });
});
