import type { Rule } from '../model/rule';

/** What Node keeps by design. */
const node: readonly Rule[] = [
  {
    kind: 'growth',
    package: 'node',
    file: 'internal/perf/observe',
    fn: 'resourceTimingBuffer',
    reason:
      'each `fetch` leaves a timing for `performance.getEntries()`, until there are 250 of them: later ones are dropped',
    reference: 'https://nodejs.org/api/perf_hooks.html#performancesetresourcetimingbuffersizemaxsize',
  },
];

export default node;
