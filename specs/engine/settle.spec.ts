import { describe, expect, it } from '@jest/globals';
import { type Patience, settle } from '../../harness/engine/settle';

/** Settles what looks like this, one look after the other, and like the last of them from then on. Returns the looks taken, at most one past the list. */
async function looksOf(
  looks: readonly Patience[],
  isBetween?: () => boolean,
  graceMs = 25,
): Promise<readonly Patience[]> {
  const taken: Patience[] = [];
  const look = (): Patience => {
    const patience = looks[Math.min(taken.length, looks.length - 1)] ?? 'none';
    taken.push(patience);
    return patience;
  };
  await settle(look, graceMs, isBetween);
  return taken.slice(0, looks.length + 1);
}

describe('settling', () => {
  it('takes one look at what is clean', async () => {
    expect(await looksOf(['none'], () => true)).toEqual(['none']);
  });

  it('ends at the first clean look', async () => {
    expect(await looksOf(['grace', 'brief', 'none', 'brief'])).toEqual(['grace', 'brief', 'none']);
  });

  it('does not take the pause between two timers of a poller for its end', async () => {
    const looks = ['brief', 'none', 'none', 'brief'] as const;
    expect(await looksOf(looks, () => true)).toEqual([...looks, 'brief']);
  });

  it('gives a timer its own time, however long something else was waited for before it', async () => {
    const looks = [...Array<Patience>(9).fill('grace'), 'brief', 'brief', 'none'] as const;
    expect(await looksOf(looks, undefined, 10_000)).toEqual(looks);
  });

  it('believes that a timer was the last one when looks a little later are clean, too', async () => {
    expect(await looksOf(['brief', 'none', 'none', 'none', 'none', 'brief'], () => true)).toEqual([
      'brief',
      'none',
      'none',
      'none',
      'none',
    ]);
  });
});
