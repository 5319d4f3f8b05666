import type { Rule } from '../model/rule';

const reason =
  'its store forgets old hits once in every window, by a timer that is unreferenced; `rateLimit()` makes the store for itself, and the middleware it returns gives no way to stop it';
const reference = 'https://github.com/express-rate-limit/express-rate-limit/blob/v7.5.0/source/memory-store.ts';

/** What express-rate-limit keeps by design: published for both kinds of modules. */
const rules: readonly Rule[] = ['dist/index.cjs', 'dist/index.mjs'].map((file) => ({
  kind: 'interval',
  package: 'express-rate-limit',
  file,
  fn: 'init',
  reason,
  reference,
}));

export default rules;
