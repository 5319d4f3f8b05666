import type { Rule } from '../model/rule';

/** What chokidar keeps by design. */
const rules: readonly Rule[] = [
  {
    kind: 'timeout',
    package: 'chokidar',
    file: 'index.js',
    fn: '_throttle',
    reason:
      'for up to a second it tells no event of a path twice; `close()` forgets these timers without clearing them, and each runs out for nothing',
    reference: 'https://github.com/paulmillr/chokidar/blob/3.6.0/index.js',
  },
];

export default rules;
