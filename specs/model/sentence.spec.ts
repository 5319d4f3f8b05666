import { describe, expect, it } from '@jest/globals';
import { say } from '../../harness/model/sentence';

const words = {
  noun: 'a pipe',
  plural: 'pipes',
  opened: 'opened',
  closed: 'closed',
  remedy: 'Close it with `socket.destroy()`',
  pooled: true,
};
const scope = { kind: 'test', path: ['reads'], file: '/project/a.test.ts' } as const;
const several = (label: string): string =>
  say({
    kind: 'leak',
    root: { kind: 'unnamed-pipe', noun: 'a pipe', label, facts: {}, owns: [] },
    scope,
    words,
    count: 2,
  }).split('\n')[0] ?? '';

describe('the sentence about several of a kind', () => {
  it('shows one of them, if that tells more than how many they are', () => {
    expect(several('to /tmp/x')).toBe(
      '2 pipes, one of them a pipe to /tmp/x, were opened in this test, but never closed.',
    );
    expect(several('')).toBe('2 pipes were opened in this test, but never closed.');
  });
});
