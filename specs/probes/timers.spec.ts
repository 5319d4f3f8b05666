import { describeProbe } from './probe-fixtures';

describeProbe('timers', {
  'leaks-interval': { kind: 'interval', says: /^An interval of 5 s was armed in this test, but never cleared\./ },
});
