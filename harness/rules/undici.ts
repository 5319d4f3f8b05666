import type { Rule } from '../model/rule';

/** What undici keeps by design. */
const rules: readonly Rule[] = [
  {
    kind: 'timeout',
    package: 'undici',
    file: 'lib/util/timers.js',
    reason:
      "One unref'd ticker for a whole copy of undici, armed again only while a request or an idle connection waits; it ends by itself within a second.",
    reference: 'https://github.com/nodejs/undici/blob/main/lib/util/timers.js',
  },
];

export default rules;
