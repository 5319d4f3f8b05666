import { type BaselineEntry, entryKey } from '../model/baseline';
import type { Finding } from '../model/finding';
import { answeringTest, Places } from '../model/leaks-today';

/** What a baseline has for one test file. */
export interface BaselineShare {
  readonly entries: readonly BaselineEntry[];
  /** Titles of all the tests and suites the file has now. To be asked once its modules are loaded. */
  readonly titles: () => ReadonlySet<string>;
}

/** No baseline. */
export const NO_BASELINE: BaselineShare = { entries: [], titles: () => new Set() };

/** What is used up of each line. */
type Uses = Map<BaselineEntry, Places>;

/** The leaks a test file had when the gate came: each place of each is good for one finding, and nothing new. */
export class KnownLeaks {
  readonly #entries = new Map<string, readonly BaselineEntry[]>();
  readonly #uses: Uses = new Map();
  readonly #titles: () => ReadonlySet<string>;

  constructor({ entries, titles }: BaselineShare) {
    for (const entry of entries) {
      this.#entries.set(entry.fingerprint, [...(this.#entries.get(entry.fingerprint) ?? []), entry]);
    }
    this.#titles = titles;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether all of these are known leaks, one beside the other. Nothing is used up by asking. */
  has(findings: readonly Finding[]): boolean {
    const uses = new Map(this.#uses);
    return findings.every((finding) => this.#entryFor(finding, uses) !== undefined);
  }

  /** Takes a finding for the known leak it is. Returns that one's key; `undefined` for a leak that is new. */
  use(finding: Finding): string | undefined {
    const entry = this.#entryFor(finding, this.#uses);
    return entry === undefined ? undefined : entryKey(entry);
  }

  #entryFor(finding: Finding, uses: Uses): BaselineEntry | undefined {
    const alike = this.#entries.get(finding.fingerprint);
    if (alike === undefined) return undefined;
    const test = answeringTest(finding);
    const own = alike.filter((entry) => entry.test === test);
    // A test of another name now: nobody else has a use for what it leaked.
    const renamed = (): BaselineEntry[] =>
      alike.filter((entry) => entry.test !== '' && !this.#titles().has(entry.test));
    return own.find((each) => spend(each, finding, uses)) ?? renamed().find((each) => spend(each, finding, uses));
  }

  /** How many places the baseline has for the very leak that was found, in the very test: 0 for one that is new altogether. */
  placesFor(finding: Finding): number {
    const test = answeringTest(finding);
    return this.#entries.get(finding.fingerprint)?.find((entry) => entry.test === test)?.places ?? 0;
  }
}

/** Takes places of `entry` for a finding, if it has enough. */
function spend(entry: BaselineEntry, finding: Finding, uses: Uses): boolean {
  const places = uses.get(entry) ?? new Places();
  if (places.with(finding) > entry.places) return false;
  uses.set(entry, places.and(finding));
  return true;
}
