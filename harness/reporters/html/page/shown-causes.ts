import { packageOf } from '../../../model/frame';
import type { Cause } from '../page-data';
import { kindWord, STATUS_WORDS } from './words';

/** A cause with what it is found by. */
export interface Indexed {
  readonly cause: Cause;
  /** Names it in the address, and in the list. */
  readonly key: string;
  /** Everything it may be searched for, in lower case. */
  readonly text: string;
}

/** What the list is narrowed to; an empty string is no narrowing. */
export interface Filter {
  readonly search: string;
  readonly kind: string;
  readonly noun: string;
  readonly status: string;
}

/** Ways to sort the list. */
export const ORDERS = ['count', 'place', 'kind'] as const;

/** One of {@link ORDERS}. */
export type Order = (typeof ORDERS)[number];

/** Where it was opened, or the file that answers for it. */
export const placeOf = ({ places }: Cause): string => places[0] ?? '';

/** Makes causes searchable, once. */
export function indexed(causes: readonly Cause[]): readonly Indexed[] {
  return causes.map((cause) => {
    const seen = new Set<string>([cause.fingerprint, cause.noun, kindWord(cause.kind), STATUS_WORDS[cause.status]]);
    for (const place of cause.places) seen.add(place);
    if (cause.package !== undefined) seen.add(cause.package);
    if (cause.reason !== undefined) seen.add(cause.reason);
    for (const { test, file, message, trace } of cause.occurrences) {
      seen.add(test).add(file).add(message);
      for (const frame of trace) seen.add(frame.fn).add(frame.package ?? packageOf(`/${frame.file}`) ?? '');
    }
    return { cause, key: `${cause.status}-${cause.fingerprint}`, text: [...seen].join('\n').toLowerCase() };
  });
}

const COMPARE: Readonly<Record<Order, (a: Cause, b: Cause) => number>> = {
  count: (a, b) => b.count - a.count,
  place: (a, b) => compareText(placeOf(a), placeOf(b)),
  kind: (a, b) => compareText(a.noun, b.noun) || b.count - a.count,
};

const { compare: compareText } = new Intl.Collator('en', { numeric: true });

/** The causes that match `filter`, each word of its search somewhere, in `order`. */
export function shownCauses(all: readonly Indexed[], filter: Filter, order: Order): readonly Indexed[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  return all
    .filter(
      ({ cause, text }) =>
        (filter.kind === '' || cause.kind === filter.kind) &&
        (filter.noun === '' || cause.noun === filter.noun) &&
        (filter.status === '' || cause.status === filter.status) &&
        words.every((word) => text.includes(word)),
    )
    .sort((a, b) => COMPARE[order](a.cause, b.cause));
}

/** The values a filter can take, most frequent first, with how many causes each has. */
export function choices(all: readonly Indexed[], of: (cause: Cause) => string): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { cause } of all) counts.set(of(cause), (counts.get(of(cause)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
