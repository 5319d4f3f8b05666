import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../harness/model/finding';
import { findingError } from '../../harness/runners/jest-error';

/** A finding whose opening nobody knows. */
const blind: Finding = {
  kind: 'leak',
  scope: { kind: 'test', path: ['careless'], file: '/project/a.test.ts' },
  owner: 'lineage',
  root: { kind: 'tcp-server', noun: 'a TCP server', label: 'on 127.0.0.1:4000', facts: {}, owns: [] },
  count: 1,
  trace: [],
  fingerprint: '0123456789ab',
  message: 'A TCP server on 127.0.0.1:4000 was opened in this test, but never closed.',
};

describe('an opening line that is not known', () => {
  it('is told how to be found, where more stacks would help', () => {
    expect(findingError(blind, 'gate').message).toMatch(
      /\n\nIts opening line is not known: run again with LEAKGATE_LEVEL=trace to have every stack captured\.$/,
    );
  });

  it.each(['trace', 'paranoid'] as const)('is said to be beyond reach at level %s', (level) => {
    expect(findingError(blind, level).message).toMatch(/though every stack was captured/);
  });

  it('is not spoken of where nobody saw the opening, or there was none', () => {
    expect(findingError({ ...blind, owner: 'none' }, 'gate').message).toBe(blind.message);
    expect(findingError({ ...blind, kind: 'unused-allow' }, 'gate').message).toBe(blind.message);
  });
});
