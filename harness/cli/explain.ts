import { resolve } from 'node:path';
import { placedRules, UsageError } from '../config';
import type { BaselineEntry } from '../model/baseline';
import type { Finding } from '../model/finding';
import { formatFrame } from '../model/frame';
import type { Accepted } from '../model/ratchet';
import type { RunReport } from '../model/report';
import type { PlacedRule } from '../model/rule';
import { type ScopeRef, scopeTitle } from '../model/scope';
import { treeOf } from '../model/tree';
import { lastReportPath } from '../runners/last-report';
import { type Project, resolveProject } from '../runners/project';
import { shownPath } from '../runners/project-config';
import { EXIT_CODES } from './exit-code';
import { readReport } from './report-file';

/** The options of `leakgate explain`, as typed. */
export interface ExplainFlags {
  readonly report?: string;
}

/** What is known of one leak. */
interface Known {
  readonly fingerprint: string;
  /** Whether there is a report at all. */
  readonly reported: boolean;
  /** As the last report has it, failing or not. */
  readonly failing: readonly Finding[];
  readonly accepted: readonly Accepted[];
  readonly entries: readonly BaselineEntry[];
  readonly rules: readonly PlacedRule[];
}

/** Shortest beginning of a fingerprint that is taken for one. */
const SHORTEST = 4;
const LISTED = 10;

function reportFor(flags: ExplainFlags, cwd: string): RunReport | undefined {
  if (flags.report !== undefined) return readReport(resolve(cwd, flags.report), flags.report);
  const path = lastReportPath(cwd);
  return path === undefined ? undefined : readReport(path, shownPath(path));
}

/** Everything of the leak whose fingerprint begins with `asked`. */
function gather(asked: string, report: RunReport | undefined, project: Project): Known {
  const findings = report?.files.flatMap((file) => file.findings) ?? [];
  const accepted = report?.files.flatMap((file) => file.accepted) ?? [];
  const entries = project.baseline?.entries ?? [];
  const rules = placedRules(project.sources, project.home);
  const all = new Set([
    ...findings.map(({ fingerprint }) => fingerprint),
    ...accepted.map(({ finding }) => finding.fingerprint),
    ...entries.map(({ fingerprint }) => fingerprint),
    ...rules.flatMap(({ rule }) => rule.fingerprint ?? []),
  ]);
  const meant = [...all].filter((each) => each.startsWith(asked)).sort();
  const [fingerprint] = meant;
  if (fingerprint === undefined) throw new UsageError(unknown(asked, report, project, all.size));
  if (meant.length > 1) {
    throw new UsageError(`${asked} may be any of ${meant.slice(0, LISTED).join(', ')}; give more of it.`);
  }
  return {
    fingerprint,
    reported: report !== undefined,
    failing: findings.filter((each) => each.fingerprint === fingerprint),
    accepted: accepted.filter(({ finding }) => finding.fingerprint === fingerprint),
    entries: entries.filter((each) => each.fingerprint === fingerprint),
    rules: rules.filter(({ rule }) => rule.fingerprint === fingerprint),
  };
}

function unknown(asked: string, report: RunReport | undefined, { baseline }: Project, known: number): string {
  const places = [
    report === undefined ? undefined : `the report of ${report.run.endedAt}`,
    baseline?.file,
    'the configuration',
  ].filter((place) => place !== undefined);
  const run = report === undefined ? ' There is no report of a run yet: `npx leakgate run -- jest` makes one.' : '';
  return `No leak has the fingerprint ${asked}, of the ${known} in ${places.join(', ')}.${run}`;
}

const scopeLine = (scope: ScopeRef): string =>
  [scope.file, scopeTitle(scope)].filter((part) => part !== '').join(' › ');

const section = (title: string, lines: readonly string[]): string[] => {
  if (lines.length === 0) return [];
  const rest = lines.length - LISTED;
  return ['', `${title}:`, ...lines.slice(0, LISTED), ...(rest > 0 ? [`  … and ${rest} more`] : [])];
};

/** What to paste to live with it. */
const recipe = (fingerprint: string): string[] => [
  '',
  'If it is not yours to mend, leakgate.config.ts can say so:',
  `  known: [{ fingerprint: '${fingerprint}', reason: '…', owner: '…', issue: 'https://…', expires: '2027-06-30' }]`,
];

function told({ fingerprint, reported, failing, accepted, entries, rules }: Known): string {
  const findings = [...failing, ...accepted.map(({ finding }) => finding)];
  const [finding] = findings;
  const tree = finding === undefined ? '' : treeOf(finding.root, ({ file }) => file);
  const excuses = [
    ...new Set(
      accepted.flatMap(({ by, reason, place }) =>
        by === 'baseline' ? [] : [`  ${by}${place === undefined ? '' : `, ${place}`}: "${reason}"`],
      ),
    ),
    ...rules.map(({ rule, place }) => `  by its fingerprint, ${place}: "${rule.reason}"`),
  ];
  return [
    fingerprint,
    ...(finding === undefined
      ? ['', reported ? 'The last run did not find it: mended, or not run.' : 'No run has been reported yet.']
      : [
          '',
          finding.message,
          ...(tree === '' ? [] : ['', tree]),
          ...section(
            'Opened',
            finding.trace.map((frame) => `  ${formatFrame(frame)}`),
          ),
        ]),
    ...section(`Fails`, [...new Set(failing.map(({ scope }) => `  ${scopeLine(scope)}`))]),
    ...section('Let go', [...new Set(accepted.map(({ finding: { scope } }) => `  ${scopeLine(scope)}`))]),
    ...section(
      'In the baseline',
      entries.map(
        ({ file, test, opens, kind }) =>
          `  ${[file, test].filter(Boolean).join(' › ')}: ${kind}, by ${opens || 'an unknown line'}`,
      ),
    ),
    ...section('Rules', [...new Set(excuses)]),
    ...(excuses.length === 0 && finding !== undefined ? recipe(fingerprint) : []),
  ].join('\n');
}

/**
 * `leakgate explain`: everything the last report, the baseline and the configuration know of one leak.
 * @param asked its fingerprint, or enough of its beginning
 * @returns the exit code
 * @throws {UsageError} if nothing is known of it
 */
export function explain(asked: string, flags: ExplainFlags, cwd: string): number {
  if (!/^[\da-f]+$/.test(asked) || asked.length < SHORTEST) {
    throw new UsageError(
      `${JSON.stringify(asked)} is no fingerprint; the summary prints those, 12 hex digits of which ${SHORTEST} are enough.`,
    );
  }
  process.stdout.write(`${told(gather(asked, reportFor(flags, cwd), resolveProject(cwd)))}\n`);
  return EXIT_CODES.clean;
}
