import type { Rule } from '../model/rule';

// Up to undici 5 the files lie one folder higher.
const ticker = {
  kind: 'timeout',
  package: 'undici',
  reason:
    "One unref'd ticker for a whole copy of undici, armed again only while a request or an idle connection waits; it ends by itself within a second.",
  reference: 'https://github.com/nodejs/undici/blob/main/lib/util/timers.js',
};

/** What undici keeps by design. */
const rules: readonly Rule[] = [
  { ...ticker, file: 'lib/util/timers.js' },
  { ...ticker, file: 'lib/timers.js' },
];

export default rules;
