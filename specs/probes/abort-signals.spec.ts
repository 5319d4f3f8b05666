import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runJest } from '../end-to-end/jest-project';
import { describeProbe } from './probe-fixtures';

const LISTENER =
  /^An abort listener on a signal that outlives it was added in this test, but never removed\.\nRemove it with `signal\.removeEventListener/;

describeProbe('abort-signals', {
  'leaks-shutdown': { kind: 'abort-listener', says: LISTENER },
  'leaks-onabort': { kind: 'abort-listener', says: /\nTake it off with `signal\.onabort = null`/ },
  'leaks-add-abort-listener': { kind: 'abort-listener', says: /^An abort listener on a signal/ },
  'leaks-timeout': {
    kind: 'abort-timeout',
    says: /^An AbortSignal\.timeout of 60 s was armed in this test, but never/,
  },
  'leaks-any': { kind: 'abort-listener', says: LISTENER },
  'leaks-suite': { kind: 'abort-listener', says: LISTENER },
});

describe('in jsdom, which has signals of its own', () => {
  it('finds a listener left on one, and says nothing of one taken off or on a signal of the test', async () => {
    const { reports } = await runJest({
      files: {
        'signals.test.js': `
          const shutdown = new AbortController();
          test('leaves one', () => {
            shutdown.signal.addEventListener('abort', () => {});
          });
          test('takes it off', () => {
            const stop = () => {};
            shutdown.signal.addEventListener('abort', stop);
            shutdown.signal.removeEventListener('abort', stop);
          });
          test('has its own', () => {
            new AbortController().signal.addEventListener('abort', () => {});
            window.addEventListener('abort', () => {});
          });
          test('waits for a timeout', () => {
            AbortSignal.timeout(60_000).addEventListener('abort', () => {});
          });`,
      },
      config: { testEnvironment: join(__dirname, '../../dist/runners/jest-jsdom.js') },
    });
    const findings = reports.flatMap((report) => report.findings);
    expect(findings.map(({ root, scope, openedAt }) => [root.kind, scope.path, openedAt?.line])).toEqual([
      ['abort-listener', ['leaves one'], 4],
      ['timeout', ['waits for a timeout'], 16],
    ]);
  }, 60_000);
});
