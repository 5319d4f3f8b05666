import { describeProbe } from './probe-fixtures';

const timeout = (label: string) => ({
  kind: 'timeout',
  says: new RegExp(`^A timeout of ${label} was armed in this test, but never cleared\\.\nClear it with \`clearTimeout`),
});
const interval = (label: string) => ({
  kind: 'interval',
  says: new RegExp(
    `^An interval of ${label} was armed in this test, but never cleared\\.\nClear it with \`clearInterval`,
  ),
});
const promised = (label: string) => ({
  kind: 'timeout',
  says: new RegExp(
    `^A timeout of ${label} was armed in this test, but never cleared\\.\nAbort it through the \`signal\``,
  ),
});

describeProbe('timers', {
  'leaks-timeout': timeout('60 s'),
  'leaks-cache-entry': timeout("300 s \\(unref'd\\)"),
  'leaks-fraction': timeout('71,356 ms'),
  'leaks-timeout-unref': timeout("60 s \\(unref'd\\)"),
  'leaks-interval': interval('5 s'),
  'leaks-interval-unref': {
    kind: 'interval',
    says: /^An interval of 1 s \(unref'd\) was armed in the `beforeEach` of this test.*in an `afterEach`\.$/s,
  },
  'leaks-immediate-chain': {
    kind: 'immediate',
    says: /^An immediate that re-arms itself was armed in this test, but never cleared\.\nStop the chain/,
  },
  'leaks-poller': timeout('30 ms'),
  'leaks-poller-async': promised('30 ms'),
  'leaks-poller-of-file': timeout('5 ms'),
  'leaks-poller-of-object': timeout('15 ms'),
  'leaks-promises-timeout': promised('60 s'),
  'leaks-promises-timeout-unref': promised("60 s \\(unref'd\\)"),
  'leaks-promises-interval': {
    kind: 'interval',
    says: /^An interval of 10 ms was armed in this test, but never cleared\.\n(?!Clear it with).*return\(\)/,
  },
  'leaks-promises-immediate-chain': {
    kind: 'immediate',
    says: /^An immediate that re-arms itself was armed in this test/,
  },
  'leaks-scheduler-wait': promised('60 s'),
  'leaks-promisified-timeout': promised('60 s'),
  'leaks-lost-race': timeout('30 s'),
  'leaks-debounce': timeout('2,500 ms'),
  'leaks-after-await': interval('1,500 ms'),
  'leaks-in-then': timeout('5 s'),
  'leaks-in-next-tick': timeout('5 s'),
  'leaks-in-microtask': interval('5 s'),
  'leaks-in-immediate': timeout('5 s'),
  'leaks-in-event-handler': timeout('90 s'),
  'leaks-in-vm': interval('8 s'),
  'leaks-in-compiled': interval('9 s'),
  'leaks-in-request-handler': interval('20 s'),
  'leaks-in-handler-of-shared-server': {
    kind: 'interval',
    says: /^An interval of 20 s was armed in the `beforeAll` of this file, but never cleared\.\nClear it with `clearInterval/,
  },
  'leaks-in-socket-callback': interval('15 s'),
  'leaks-refreshed': timeout('45 s'),
  'leaks-refreshed-after-firing': timeout('700 ms'),
  'leaks-refreshing-itself': timeout('20 ms'),
  'leaks-into-the-next-test': timeout('400 ms'),
});
