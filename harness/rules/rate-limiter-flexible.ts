import type { Rule } from '../model/rule';

/** What rate-limiter-flexible keeps by design. */
const rules: readonly Rule[] = [
  {
    kind: 'timeout',
    package: 'rate-limiter-flexible',
    file: 'lib/component/MemoryStorage/MemoryStorage.js',
    reason:
      "a limiter in memory forgets each key by an unref'd timer of that key's own when its time is over; nothing ends a limiter, `delete(key)` only forgets one key sooner",
    reference:
      'https://github.com/animir/node-rate-limiter-flexible/blob/master/lib/component/MemoryStorage/MemoryStorage.js',
  },
];

export default rules;
