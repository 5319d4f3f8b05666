import type { Rule } from '../model/rule';

/** What ioredis keeps by design. */
const rules: readonly Rule[] = [
  {
    kind: 'timeout',
    package: 'ioredis',
    file: 'built/connectors/AbstractConnector.js',
    reason:
      '`disconnect()` gives the connection 2 s to end (`disconnectTimeout`) and then destroys it; where there was none any more, the timer runs out for nothing.',
    reference: 'https://github.com/redis/ioredis/blob/main/lib/connectors/AbstractConnector.ts',
  },
];

export default rules;
