import type { Rule } from '../model/rule';

const reason =
  'default metrics are collected for as long as the process lives: `collectDefaultMetrics` returns nothing that could stop them, nor does clearing the registry';

/** What prom-client keeps by design. */
const rules: readonly Rule[] = [
  {
    kind: 'performance-observer',
    package: 'prom-client',
    file: 'lib/metrics/gc.js',
    reason,
    reference: 'https://github.com/siimon/prom-client/blob/v15.1.3/lib/metrics/gc.js',
  },
  {
    kind: 'loop-histogram',
    package: 'prom-client',
    file: 'lib/metrics/eventLoopLag.js',
    reason,
    reference: 'https://github.com/siimon/prom-client/blob/v15.1.3/lib/metrics/eventLoopLag.js',
  },
];

export default rules;
