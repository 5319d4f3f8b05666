import type { Outcome } from '../../../model/report';
import { KIND_WORDS } from '../../text/kind-words';
import type { Status } from '../page-data';

const KINDS: Readonly<Record<string, string>> = KIND_WORDS;

/** A kind of finding as people read it. One that this page does not know goes by its own name. */
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
