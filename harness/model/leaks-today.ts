import { type BaselineEntry, entryKey } from './baseline';
import type { Finding } from './finding';
import type { FileReport } from './report';
import { scopeTitle } from './scope';

/**
 * Which test answers, as a baseline names it. For which of several tests a library opens something first may hang on their order, and
 * which of several at once did it is not known: there it is the file.
 */
export function answeringTest({ trace, kind, scope }: Finding): string {
  return trace[0]?.origin !== 'user' || kind === 'unproven' ? '' : scopeTitle(scope);
}

/** What one finding uses up of a baseline's line: a test that is tried again leaks the same again. */
const useOf = ({ scope, openedAt }: Finding): string =>
  JSON.stringify([scope.path, openedAt?.file, openedAt?.line, openedAt?.column]);

/** How many places of a baseline's line a finding takes. */
const placesOf = ({ ways = 1 }: Finding): number => ways;

/** How many places the uses of one line take in all. */
export class Places {
  readonly #byUse = new Map<string, number>();

  /** How many there are with this finding's. */
  with(finding: Finding): number {
    const own = this.#byUse.get(useOf(finding)) ?? 0;
    return this.total + Math.max(placesOf(finding) - own, 0);
  }

  /** Takes a finding's. */
  add(finding: Finding): void {
    this.#byUse.set(useOf(finding), Math.max(this.#byUse.get(useOf(finding)) ?? 0, placesOf(finding)));
  }

  /** These, and a finding's. */
  and(finding: Finding): Places {
    const both = new Places();
    for (const [use, places] of this.#byUse) both.#byUse.set(use, places);
    both.add(finding);
    return both;
  }

  /** So many are taken. */
  get total(): number {
    return [...this.#byUse.values()].reduce((sum, places) => sum + places, 0);
  }
}

/** A baseline that holds for some of a run's files, and what leaks in them. */
export interface LeaksToday {
  /** The baseline, relative to the run's folder; absent of a report that does not say. */
  readonly file: string | undefined;
  readonly entries: readonly BaselineEntry[];
  /** The findings that one of these entries stands for. */
  readonly findingsOf: (entry: BaselineEntry) => readonly Finding[];
  /** Whether the test that an entry names is still there: then nobody else's leak is that one under another name. */
  readonly stands: (entry: BaselineEntry) => boolean;
}

/** Where none of the files ran that a baseline holds for. */
export const NOTHING_RAN: Omit<LeaksToday, 'file'> = { entries: [], findingsOf: () => [], stands: () => false };

/** A baseline's entries, by whether a run tells anything of them. */
export function knownOf(
  entries: readonly BaselineEntry[],
  { stands }: Pick<LeaksToday, 'stands'>,
  present: readonly string[] = [],
): { readonly judged: readonly BaselineEntry[]; readonly unknown: readonly BaselineEntry[] } {
  const there = new Set(present);
  const isUnknown = (entry: BaselineEntry): boolean => there.has(entry.file) && !stands({ ...entry, test: '' });
  return { judged: entries.filter((entry) => !isUnknown(entry)), unknown: entries.filter(isUnknown) };
}

const keyOfTest = (file: string, path: readonly string[]): string => JSON.stringify([file, path.join(' › ')]);

/** Every file, suite and test of a report, by the file's name in the baseline. */
function* testsIn(file: string, { cases }: FileReport): Iterable<string> {
  yield keyOfTest(file, []);
  for (const { path } of cases) for (let end = 1; end <= path.length; end++) yield keyOfTest(file, path.slice(0, end));
}

/**
 * What leaks in a run, as lines of the baselines that hold for its files: what fails, and what a baseline accepts. What a rule lets
 * go is none of a baseline's business.
 * @param opens what a line is to say of who opens it
 */
export function leaksToday(
  files: readonly FileReport[],
  opens: (finding: Finding, baseline: string | undefined) => string = () => '',
): readonly LeaksToday[] {
  const byBaseline = new Map<string | undefined, Lines>();
  for (const report of files) {
    const file = report.baseline?.file;
    const name = report.baseline?.name ?? report.file;
    const { known, tests } = byBaseline.get(file) ?? { known: new Map(), tests: new Set() };
    byBaseline.set(file, { known, tests });
    for (const test of testsIn(name, report)) tests.add(test);
    for (const finding of leaksIn(report)) {
      const entry: BaselineEntry = {
        fingerprint: finding.fingerprint,
        file: name,
        test: answeringTest(finding),
        places: 1,
        kind: finding.root.kind,
        opens: opens(finding, file),
      };
      const line = known.get(entryKey(entry)) ?? { entry, places: new Places(), findings: [] };
      known.set(entryKey(entry), line);
      line.places.add(finding);
      line.findings.push(finding);
    }
  }
  return [...byBaseline].map(([file, { known, tests }]) => ({
    file,
    entries: [...known.values()].map(({ entry, places }) => ({ ...entry, places: places.total })),
    findingsOf: (entry) => known.get(entryKey(entry))?.findings ?? [],
    stands: (entry) => tests.has(keyOfTest(entry.file, entry.test === '' ? [] : [entry.test])),
  }));
}

/** What is gathered of one baseline's files. */
interface Lines {
  readonly known: Map<string, { readonly entry: BaselineEntry; readonly places: Places; readonly findings: Finding[] }>;
  readonly tests: Set<string>;
}

const leaksIn = ({ findings, accepted }: FileReport): readonly Finding[] => [
  ...findings.filter(({ kind }) => kind !== 'unused-allow'),
  ...accepted.flatMap(({ by, finding }) => (by === 'baseline' ? [finding] : [])),
];
