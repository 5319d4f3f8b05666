import { describeProbe } from './probe-fixtures';

const SIGTERM =
  /^A listener for "SIGTERM" on process was added in this test, but never removed\.\nRemove it with `process\.off\('SIGTERM', listener\)` in the test or its `afterEach`\./;

describeProbe('listeners', {
  'leaks-process': { kind: 'listener', says: SIGTERM },
  'leaks-process-once': { kind: 'listener', says: /^A listener for "SIGUSR2" on process was added/ },
  'leaks-many': { kind: 'listener', says: /^5 listeners, one of them a listener for "free" on http\.globalAgent,/ },
  'leaks-same-listener': { kind: 'listener', says: /^A listener for "free" on https\.globalAgent was added/ },
  'leaks-cluster': { kind: 'listener', says: /^A listener for "online" on cluster was added/ },
  'leaks-stream': { kind: 'listener', says: /^A listener for "resize" on process\.stdout was added/ },
  'leaks-events-once': { kind: 'listener', says: /^A listener for "SIGUSR2" on process .*\nAwait it, or abort it/ },
  'leaks-real-process': { kind: 'listener', says: /^A listener for "SIGUSR2" on process was added in this test/ },
  'leaks-hook': { kind: 'listener', says: /^A listener for "message" on process was added in the `beforeEach`/ },
  'leaks-event-iterator': { kind: 'event-iterator', says: /^An event iterator over "change" of an EventEmitter was/ },
  'leaks-agent-iterator': { kind: 'event-iterator', says: /^An event iterator over "free" of an Agent was opened/ },
});
