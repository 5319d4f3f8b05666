import type { FindingKind } from '../../model/finding';

/** What a kind of finding is called in a list. */
export const KIND_WORDS: Readonly<Record<FindingKind, string>> = {
  leak: 'leak',
  late: 'late',
  'foreign-close': 'closed by a stranger',
  unproven: 'unproven',
  retained: 'retained',
  'unused-allow': 'unused allowance',
};
