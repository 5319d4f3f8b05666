import type { Rule } from '../model/rule';

/** Where `useSWR` has been written: in 2.4 and later, 2.3, 2.0 to 2.2, and 1. */
const HOOK_FILES = [
  'dist/use-swr-*.js',
  'dist/use-swr-*.mjs',
  'dist/index/index.js',
  'dist/index/index.mjs',
  'core/dist/index.js',
  'core/dist/index.mjs',
  'dist/index.js',
];

/** Where the retry is: in 2.4 and later, 2.3, 2.0 to 2.2, and 1. */
const CONFIG_FILES = [
  'dist/config-context-*.js',
  'dist/config-context-*.mjs',
  'dist/_internal/config-context-*.js',
  'dist/_internal/config-context-*.mjs',
  '_internal/dist/index.js',
  '_internal/dist/index.mjs',
  'dist/index.js',
];

/** What SWR keeps by design. Its `refreshInterval` is none of that: unmounting ends it. */
const rules: readonly Rule[] = [
  ...HOOK_FILES.map((file) => ({
    kind: 'timeout',
    package: 'swr',
    file,
    // `revalidate` has no name, and `next` of the refresh interval has one.
    fn: '',
    reason:
      'for each request one timer of `loadingTimeout` (3 s) and one of `dedupingInterval` (2 s) run out whatever became of it: neither an answer, nor unmounting, nor `mutate` ends them, and then they tell nobody who is gone.',
    reference: 'https://github.com/vercel/swr/blob/v2.3.3/src/index/use-swr.ts',
  })),
  ...CONFIG_FILES.map((file) => ({
    kind: 'timeout',
    package: 'swr',
    file,
    fn: 'onErrorRetry',
    reason: 'the next try after an error is not given up when its component unmounts: when it is due, it does nothing.',
    reference: 'https://github.com/vercel/swr/blob/v2.3.3/src/_internal/utils/config.ts',
  })),
];

export default rules;
