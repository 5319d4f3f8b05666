import type { Rule } from '../model/rule';

const reason =
  "what was looked up is forgotten by an unref'd timer when it is out of date; nothing ends it, and `clear()` only empties the cache";
const reference = 'https://github.com/szmarczak/cacheable-lookup/blob/master/source/index.js';

/** What cacheable-lookup keeps by design. */
const rules: readonly Rule[] = [
  { kind: 'timeout', package: 'cacheable-lookup', file: 'source/index.js', reason, reference },
  { kind: 'interval', package: 'cacheable-lookup', file: 'source/index.js', reason, reference },
];

export default rules;
