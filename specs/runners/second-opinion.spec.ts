import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { processState } from '../../harness/runners/process-state';
import { explainLingering } from '../../harness/runners/second-opinion';

jest.mock(
  'why-is-node-running',
  () => {
    throw new Error('it cannot be loaded');
  },
  { virtual: true },
);

describe('a second opinion that cannot be had', () => {
  afterEach(() => {
    processState.whyIsLoaded = false;
    jest.restoreAllMocks();
  });

  it('is said so, and is no unhandled rejection that would change how the process ends', async () => {
    processState.whyIsLoaded = true;
    const said = new Promise<string>((done) => {
      jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
        done(String(text));
        return true;
      });
    });
    explainLingering(0);
    // Unref'd, the timer does not keep this file up; the turns of the loop do.
    const turns = setInterval(() => {}, 10);
    const text = await said.finally(() => clearInterval(turns));
    expect(text).toMatch(/^leakgate: no second opinion: .+\n$/);
  });
});
