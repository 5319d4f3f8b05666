import { describeProbe } from './probe-fixtures';

const LISTENER =
  /^An abort listener on a signal that outlives it was added in this test, but never removed\.\nRemove it with `signal\.removeEventListener/;

describeProbe('abort-signals', {
  'leaks-shutdown': { kind: 'abort-listener', says: LISTENER },
  'leaks-onabort': { kind: 'abort-listener', says: /\nTake it off with `signal\.onabort = null`/ },
  'leaks-add-abort-listener': { kind: 'abort-listener', says: /^An abort listener on a signal/ },
  'leaks-add-abort-signal': {
    kind: 'abort-listener',
    says: /\nEnd the stream, or call its `destroy\(\)`, in the test/,
  },
  'leaks-timeout': {
    kind: 'abort-timeout',
    says: /^An AbortSignal\.timeout of 60 s was armed in this test, but never/,
  },
  'leaks-any': { kind: 'abort-listener', says: LISTENER },
  'leaks-suite': { kind: 'abort-listener', says: LISTENER },
});
