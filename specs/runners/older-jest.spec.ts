import { describe, expect, it } from '@jest/globals';
import { withLeakgate } from '../../dist/runners/jest';

/** As far as Jest 27 and the gate's constructor need one. */
class Environment {
  readonly global = {};
  async setup(): Promise<void> {}
  async teardown(): Promise<void> {}
  getVmContext(): object | null {
    return null;
  }
}

/** What Jest 27 hands to an environment's constructor. */
const OLDER = [{ rootDir: '/project', testEnvironmentOptions: {}, setupFiles: [] }, { testPath: '/project/a.test.js' }];

const needed =
  'leakgate needs Jest 29 or later. The Jest that is running is older: update it, or run it without leakgate.';

describe('a Jest older than 29', () => {
  it('is told which one is needed, whichever way the gate came in', async () => {
    const Gated = withLeakgate(Environment as new (...args: unknown[]) => Environment);
    expect(() => new Gated(...OLDER)).toThrow(needed);
    const auto = require('../../dist/runners/jest-auto') as {
      default: Promise<new (...args: unknown[]) => Environment>;
    };
    const Auto = await auto.default;
    expect(() => new Auto(...OLDER)).toThrow(needed);
  });
});
