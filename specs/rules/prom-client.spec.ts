import { PerformanceObserver } from 'node:perf_hooks';
import { describe, expect, it, jest } from '@jest/globals';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { expectClaims } from '../end-to-end/claims';
import { runJest } from '../end-to-end/jest-project';

jest.setTimeout(60_000);

/** Observes the process as prom-client does; nobody has said that this is by design. */
const OTHER = `
const { PerformanceObserver, monitorEventLoopDelay } = require('node:perf_hooks');
exports.observe = () => { new PerformanceObserver(() => {}).observe({ entryTypes: ['gc'] }); };
exports.monitor = () => { monitorEventLoopDelay().enable(); };
`;

const SUITE = `
const { collectDefaultMetrics, register } = require(${JSON.stringify(require.resolve('prom-client'))});
const { monitor, observe } = require('other');
describe('metrics', () => {
  beforeAll(() => collectDefaultMetrics());
  afterAll(() => register.clear());
  test('are collected', async () => {
    expect(await register.metrics()).toContain('nodejs_eventloop_lag_p99_seconds');
  });
  test('are collected anew', () => {
    register.clear();
    collectDefaultMetrics();
  });
});
test('leaks the observer of another package', () => {
  observe(); // opens
});
test('leaks the histogram of another package', () => {
  monitor(); // opens
});
`;

describe('what prom-client keeps by design', () => {
  it('is nobody’s leak: it gives no way to stop it; the same of any other package is one', async () => {
    const files = { 'node_modules/other/index.js': OTHER, 'by-design.test.js': SUITE };
    const run = await runJest({ files });
    expectClaims(run, files);
    const kinds = run.reports.flatMap(({ findings }) => findings.map(({ root }) => root.kind));
    expect(kinds.sort()).toEqual(['loop-histogram', 'performance-observer']);
  });

  it('goes on when all was called that it offers for an end', () => {
    const begun = jest.spyOn(PerformanceObserver.prototype, 'observe');
    const ended = jest.spyOn(PerformanceObserver.prototype, 'disconnect');
    try {
      const registry = new Registry();
      const stop: unknown = collectDefaultMetrics({ register: registry });
      registry.clear();
      expect(stop).toBeUndefined();
      expect(begun).toHaveBeenCalled();
      expect(ended).not.toHaveBeenCalled();
    } finally {
      begun.mockRestore();
      ended.mockRestore();
    }
  });
});
