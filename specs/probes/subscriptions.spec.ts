import { describe, expect, it } from '@jest/globals';
import { runJest } from '../end-to-end/jest-project';
import { describeProbe } from './probe-fixtures';

const CHANNEL = /^A diagnostics channel subscription to "checkout" was made in this test, but never ended\.\n/;

describeProbe('subscriptions', {
  'leaks-channel': { kind: 'channel-subscription', says: CHANNEL },
  'leaks-active-channel': { kind: 'channel-subscription', says: CHANNEL },
  'leaks-bound-store': {
    kind: 'channel-subscription',
    says: /\nUnbind the store with `channel\.unbindStore\(store\)`/,
  },
  'leaks-tracing': { kind: 'channel-subscription', says: CHANNEL },
  'leaks-async-hook': { kind: 'async-hook', says: /^An async hook was enabled in this test, but never disabled\./ },
  'leaks-observer': { kind: 'performance-observer', says: /^A performance observer was started in this test/ },
  'leaks-global-observer': { kind: 'performance-observer', says: /\nDisconnect it with `observer\.disconnect\(\)`/ },
  'leaks-gc-profiler': { kind: 'gc-profiler', says: /^A profiler of garbage collections was started in this test/ },
  'leaks-histogram': { kind: 'loop-histogram', says: /^An event loop delay histogram was enabled in this test/ },
  'leaks-exception-capture': {
    kind: 'exception-capture',
    says: /^An uncaught exception capture callback was set in this test, but never unset\.\nUnset it with `process\.setUncaughtExceptionCaptureCallback\(null\)`/,
  },
  'leaks-promise-hook': {
    kind: 'promise-hook',
    says: /^A promise hook was set in this test, but never stopped\.\nStop it by the function that `v8\.promiseHooks` has returned/,
  },
  'leaks-promise-hook-settled': { kind: 'promise-hook', says: /^A promise hook was set in this test/ },
  'leaks-output-pipe': {
    kind: 'output-pipe',
    says: /^A pipe into process\.stdout was laid in this test, but never taken off\.\nEnd the stream, or take it off with `stream\.unpipe\(process\.stdout\)`,/,
  },
  'leaks-output-pipe-destroyed': { kind: 'output-pipe', says: /^A pipe into process\.stderr was laid in this test/ },
  'leaks-inspector': { kind: 'inspector-session', says: /^An inspector session was connected in this test/ },
  'leaks-inspector-server': { kind: 'inspector-server', says: /^An inspector server at ws:\/\/127\.0\.0\.1:\d+\// },
  'leaks-inspector-promises': { kind: 'inspector-session', says: /\nDisconnect it with `session\.disconnect\(\)`/ },
});

describe('at a level that loads why-is-node-running', () => {
  it('does not take that one’s async hook for the file’s', async () => {
    const { code, reports } = await runJest({
      files: { 'clean.test.js': "test('does nothing', () => {});" },
      env: { LEAKGATE_LEVEL: 'trace' },
    });
    expect(reports.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual([]);
    expect(code).toBe(0);
  }, 60_000);
});

describe('trace events that are written', () => {
  it('are the leak of the test that enabled them, and the log that Node keeps for them is not', async () => {
    // A project of its own: Node writes the log into the working directory.
    const { reports } = await runJest({
      files: {
        'traces.test.js': `
          const { createTracing } = require('trace_events');
          const tracing = () => createTracing({ categories: ['node.environment'] });
          test('traces for a while', () => {
            const each = tracing();
            each.enable();
            each.disable();
          });
          test('traces nothing', () => { tracing(); });
          test('traces, carelessly', () => { tracing().enable(); });`,
      },
    });
    expect(
      reports.flatMap(({ findings }) => findings.map(({ scope, message }) => [scope.path.at(-1), message])),
    ).toEqual([
      [
        'traces, carelessly',
        'A trace of node.environment was enabled in this test, but never disabled.\n' +
          'Disable it with `tracing.disable()` in the test or its `afterEach`.',
      ],
    ]);
  }, 60_000);
});
