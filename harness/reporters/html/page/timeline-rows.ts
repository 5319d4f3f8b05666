import type { TimelineEvent } from '../../../model/test-case';

/** A hook or the body. */
export interface Band {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** One thing's life in the test. */
export interface Life {
  readonly kind: string;
  readonly label: string;
  /** 0 where its opening is not known. */
  readonly fromMs: number;
  readonly isOpeningKnown: boolean;
  /** How it ended; `left` if it did not. */
  readonly end: 'closed' | 'left' | 'unknown';
  readonly toMs: number;
  readonly openedLine?: string;
  /** What closed it: a line, or else the hook or body in which it was. */
  readonly closedBy?: string;
}

/** A test drawn against its hooks. */
export interface TimelineRows {
  readonly endMs: number;
  readonly bands: readonly Band[];
  /** In the order of their opening. */
  readonly lives: readonly Life[];
}

function bandsOf(events: readonly TimelineEvent[], endMs: number): readonly Band[] {
  const hooks = events.filter(({ what }) => what === 'hook').sort((a, b) => a.atMs - b.atMs);
  return hooks.map(({ kind, label, atMs, forMs }, index) => ({
    name: label === '' ? kind : label,
    fromMs: atMs,
    toMs: forMs === undefined ? (hooks[index + 1]?.atMs ?? endMs) : atMs + forMs,
  }));
}

/** Times are rounded: a thing may seem to end a little after the hook that closed it. */
const SLACK_MS = 0.05;

function closedIn(atMs: number, bands: readonly Band[]): string | undefined {
  const band = bands.find(({ fromMs, toMs }) => fromMs - SLACK_MS <= atMs && atMs <= toMs + SLACK_MS);
  return band === undefined ? undefined : `in ${band.name}`;
}

function lifeOf(events: readonly TimelineEvent[], endMs: number, bands: readonly Band[]): Life | undefined {
  const opened = events.find(({ what }) => what === 'opened');
  const ended = events.find(({ what }) => what === 'closed' || what === 'left');
  const known = opened ?? ended;
  if (known === undefined) return undefined;
  const isLeft = events.some(({ what }) => what === 'left');
  const closedBy = isLeft || ended === undefined ? undefined : (ended.line ?? closedIn(ended.atMs, bands));
  return {
    kind: known.kind,
    label: known.label,
    fromMs: opened?.atMs ?? 0,
    isOpeningKnown: opened !== undefined,
    end: isLeft ? 'left' : ended === undefined ? 'unknown' : 'closed',
    toMs: isLeft || ended === undefined ? endMs : ended.atMs,
    ...(opened?.line === undefined ? {} : { openedLine: opened.line }),
    ...(closedBy === undefined ? {} : { closedBy }),
  };
}

/** The events of a test as bars. An opening and a closing without a `thing` cannot be paired, and stand each for itself. */
export function timelineRows(events: readonly TimelineEvent[]): TimelineRows {
  const endMs = Math.max(0.1, ...events.map(({ atMs, forMs }) => atMs + (forMs ?? 0)));
  const things = new Map<string, TimelineEvent[]>();
  events.forEach((event, index) => {
    if (event.what === 'hook') return;
    const key = event.thing === undefined ? `alone ${index}` : `thing ${event.thing}`;
    things.set(key, [...(things.get(key) ?? []), event]);
  });
  const bands = bandsOf(events, endMs);
  const lives = [...things.values()]
    .flatMap((of) => lifeOf(of, endMs, bands) ?? [])
    .sort((a, b) => a.fromMs - b.fromMs);
  return { endMs, bands, lives };
}
