import type { Outcome } from '../../../model/report';
import type { Status } from '../page-data';

/** What a kind of finding is called on a badge. Kinds that are not here go by their own name. */
const KINDS: Readonly<Record<string, string>> = {
  leak: 'leak',
  late: 'late',
  'foreign-close': 'closed by a stranger',
  unproven: 'unproven',
  retained: 'retained',
  'unused-allow': 'unused allowance',
};

/** A kind of finding as people read it. */
export const kindWord = (kind: string): string => KINDS[kind] ?? kind;

/** Why a cause fails nothing, as people read it. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  failing: 'failing',
  allow: 'allowed',
  known: 'known',
  baseline: 'in the baseline',
};

/** A run's end in a few words. */
export const VERDICTS: Readonly<Record<Outcome, string>> = {
  misused: 'Options are wrong',
  broken: 'Not all was checked',
  failed: 'Tests failed',
  leaks: 'Leaks',
  clean: 'Clean',
};
