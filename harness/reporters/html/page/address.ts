/** The views of the page. */
export const VIEWS = ['leaks', 'files', 'run'] as const;

/** One of {@link VIEWS}. */
export type View = (typeof VIEWS)[number];

/** What the page shows, as its address says it: a link to one leak can be passed on. */
export interface Place {
  readonly view: View;
  /** The cause shown: its key. */
  readonly cause: string;
  readonly search: string;
}

/** Reads the address's fragment; what it does not know is left at its default. */
export function readPlace(hash: string): Place {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const view = VIEWS.find((each) => each === query.get('view')) ?? 'leaks';
  return { view, cause: query.get('leak') ?? '', search: query.get('q') ?? '' };
}

/** The fragment for a place; empty for where the page starts. */
export function writePlace({ view, cause, search }: Place): string {
  const query = new URLSearchParams();
  if (view !== 'leaks') query.set('view', view);
  if (cause !== '') query.set('leak', cause);
  if (search !== '') query.set('q', search);
  const text = query.toString();
  return text === '' ? '' : `#${text}`;
}
