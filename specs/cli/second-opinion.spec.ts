import { describe, expect, it, jest } from '@jest/globals';
import { inProject, manifest } from './cli-project';

jest.setTimeout(120_000);

const CLEAN = "test('clean', () => {});\n";
const LISTENS = "module.exports = () => { require('node:net').createServer().listen(0); };\n";

describe('when Jest does not exit', () => {
  const files = { 'package.json': manifest({ globalSetup: './setup.js' }), 'setup.js': LISTENS, 'a.test.js': CLEAN };
  const stopAt = (mark: string) => {
    let stopped = false;
    return {
      onOutput: (all: string, child: { kill(signal: 'SIGINT'): boolean }) => {
        if (!stopped && all.includes(mark)) stopped = child.kill('SIGINT');
      },
    };
  };

  it('the flag that would tell why is named', async () => {
    await inProject(files, async ({ leakgate }) => {
      const run = await leakgate(['run', '--', 'jest'], stopAt('Run again with'));
      expect(run.stderr).toContain(
        'leakgate: something outside the tests, or never closed, keeps Jest running. Run again with `leakgate run --why -- jest …` to see what.\n',
      );
      expect(run.code).toBe(130);
    });
  });

  it('why-is-node-running tells why, and what no finding names is pointed out', async () => {
    await inProject(files, async ({ leakgate, dir }) => {
      const run = await leakgate(['run', '--why', '--', 'jest'], stopAt('or else a defect of leakgate'));
      expect(run.stderr).toMatch(/A second opinion, by why-is-node-running:\n\n {2}There are \d+ handle/);
      expect(run.stderr).toMatch(/ {2}# TCPSERVERWRAP\n {2}setup\.js:\d+/);
      expect(run.stderr).toMatch(
        new RegExp(`\\nNo finding names TCPSERVERWRAP at ${dir}/setup\\.js:\\d+: opened outside of any test file`),
      );
      expect(run.code).toBe(130);
    });
  });
});

describe('when a worker does not exit', () => {
  const keep = { testEnvironmentOptions: { leakgate: { leftovers: 'keep' } } };

  it('its list stands in the summary, and what our finding names is no defect of ours', async () => {
    const files = {
      'package.json': manifest(keep),
      'a.test.js': "test('leaky', () => { setInterval(() => {}, 5000); });\n",
      'b.test.js': CLEAN,
    };
    await inProject(files, async ({ leakgate }) => {
      const run = await leakgate(['run', '--why', '--', 'jest', '--maxWorkers=2']);
      expect(run.summary).toMatch(
        /A worker did not exit\. A second opinion, by why-is-node-running:\n\nThere are \d+ handle/,
      );
      expect(run.summary).toMatch(/# Timeout\na\.test\.js:\d+/);
      expect(run.summary).not.toContain('Problem:');
      expect(run.code).toBe(3);
    });
  });

  it('what it knows and we do not is a defect of ours, and the run is red', async () => {
    const files = {
      'package.json': manifest({}),
      // The environment's own realm is none of the test's: what is opened there belongs to no scope of a file.
      'environment.js': `const { TestEnvironment } = require('jest-environment-node');
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    setInterval(() => {}, 5000);
  }
};
`,
      'a.test.js': CLEAN,
      'b.test.js': CLEAN,
    };
    await inProject(files, async ({ leakgate }) => {
      const run = await leakgate(['run', '--why', '--', 'jest', '--maxWorkers=2', '--env=./environment.js']);
      expect(run.summary).toContain(`Problem:     why-is-node-running knows of a live Timeout at environment.js:`);
      expect(run.code).toBe(4);
    });
  });

  it('and of a worker that does exit, however late, there is none', async () => {
    const files = {
      'environment.js': `const { TestEnvironment } = require('jest-environment-node');
module.exports = class extends TestEnvironment {
  async teardown() {
    await super.teardown();
    setTimeout(() => {}, 150);
  }
};
`,
      'a.test.js': CLEAN,
      'b.test.js': CLEAN,
    };
    await inProject(files, async ({ leakgate }) => {
      const run = await leakgate(['run', '--why', '--', 'jest', '--maxWorkers=2', '--env=./environment.js']);
      expect(run.stderr).not.toContain('why-is-node-running');
      expect(run.code).toBe(0);
    });
  });
});
