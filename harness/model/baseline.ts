import { UsageError } from './usage-error';

/** The file of known leaks, in the folder of the project's configuration. One leak a line, so that a mended one is one line less. */
export const BASELINE_FILE = 'leakgate-baseline.jsonl';

/**
 * A leak that was there when the gate came: of one test, for another test that leaks by the same line is a new leak. A fingerprint says
 * what was opened where, and most code is opened by many tests.
 */
export interface BaselineEntry {
  readonly fingerprint: string;
  /** The test file that answers for it, relative to the folder of the baseline. */
  readonly file: string;
  /** Titles of the test or suite, joined as Jest does; empty for the file's own, and where the tests' order decides which it is. */
  readonly test: string;
  /** How many lines open it there. */
  readonly places: number;
  /**
   * A digest of the places that were left when some were mended; absent while none was. Two branches that mended one each of the same
   * leak write the same number, and git would take both for one change: by this their lines differ, and git asks.
   */
  readonly left?: string;
  /** For those who review the file: its resource kind … */
  readonly kind: string;
  /** … and the file and function that open it. */
  readonly opens: string;
  /** The line it stands in, from 1; absent of one that is not written yet. */
  readonly line?: number;
}

/** What tells an entry from all others. */
export const entryKey = ({ fingerprint, file, test }: Pick<BaselineEntry, 'fingerprint' | 'file' | 'test'>): string =>
  JSON.stringify([fingerprint, file, test]);

/** Whether a text looks like a finding's fingerprint. */
export const isFingerprint = (text: string): boolean => /^[\da-f]{12}$/.test(text);

/** The first one knew nothing of `left`. */
const READABLE = [1, 2];
const VERSION = 2;
const HEAD = JSON.stringify({ leakgate: 'baseline', version: VERSION });

const byPlace = (a: BaselineEntry, b: BaselineEntry): number => {
  for (const field of ['file', 'test', 'opens', 'fingerprint'] as const) {
    if (a[field] !== b[field]) return a[field] < b[field] ? -1 : 1;
  }
  return 0;
};

const line = ({ fingerprint, file, test, places, left, kind, opens }: BaselineEntry): string =>
  JSON.stringify({ fingerprint, file, test, places, left, kind, opens });

/** The text of a baseline: sorted by place, one leak a line, the same for the same leaks. */
export function renderBaseline(entries: readonly BaselineEntry[]): string {
  return [HEAD, ...[...entries].sort(byPlace).map(line), ''].join('\n');
}

const CONFLICT = /^(?:<{7}|\|{7}|={7}|>{7})(?: |$)/;

/**
 * Reads a baseline.
 * @param place the file, as the user knows it
 * @throws {UsageError} with one clear sentence: empty, with the marks of a merge conflict, malformed, of another version, duplicates
 */
export function parseBaseline(text: string, place: string): readonly BaselineEntry[] {
  // Some editors begin a file with a mark of its encoding.
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const conflict = lines.findIndex((each) => CONFLICT.test(each));
  if (conflict >= 0) {
    throw new UsageError(
      `${place}:${conflict + 1} has the marks of a merge conflict; take the file of either side whole (\`git checkout --ours -- ${place}\`), then run \`npx leakgate baseline prune\`, which takes out what the other side has mended.`,
    );
  }
  const [head = '', ...rest] = lines;
  if (text.trim() === '') {
    throw new UsageError(
      `${place} is empty; bring it back from version control, or delete it and run \`npx leakgate baseline write\`.`,
    );
  }
  checkHead(head, place);
  const seen = new Map<string, number>();
  const entries: BaselineEntry[] = [];
  for (const [index, raw] of rest.entries()) {
    if (raw.trim() === '') continue;
    const at = index + 2;
    const entry = entryOf(raw, `${place}:${at}`);
    const first = seen.get(entryKey(entry));
    if (first !== undefined) {
      throw new UsageError(
        `${place}:${at} names the leak ${entry.fingerprint} of a test that line ${first} names already; keep one of the two, the one with fewer places.`,
      );
    }
    seen.set(entryKey(entry), at);
    entries.push({ ...entry, line: at });
  }
  return entries;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function checkHead(head: string, place: string): void {
  const value = parsed(head);
  if (value?.leakgate !== 'baseline') {
    throw new UsageError(`${place}:1 must be ${HEAD}; bring the file back from version control.`);
  }
  if (!READABLE.some((version) => version === value.version)) {
    throw new UsageError(
      `${place} is of version ${JSON.stringify(value.version)}, and this leakgate reads versions ${READABLE.join(' and ')}; update leakgate.`,
    );
  }
}

function entryOf(raw: string, at: string): BaselineEntry {
  const { fingerprint, file, test, places, left, kind, opens } = parsed(raw) ?? {};
  if (
    typeof fingerprint !== 'string' ||
    !isFingerprint(fingerprint) ||
    typeof places !== 'number' ||
    !Number.isInteger(places) ||
    places < 1 ||
    (left !== undefined && (typeof left !== 'string' || !/^[\da-f]{8}$/.test(left))) ||
    typeof kind !== 'string' ||
    typeof file !== 'string' ||
    typeof test !== 'string' ||
    typeof opens !== 'string'
  ) {
    throw new UsageError(
      `${at} is not a leak as \`leakgate baseline write\` writes it: {"fingerprint":"<12 hex digits>","file":"…","test":"…","places":1,"kind":"…","opens":"…"}; bring the line back from version control, or delete it.`,
    );
  }
  return { fingerprint, file, test, places, ...(left === undefined ? {} : { left }), kind, opens };
}
