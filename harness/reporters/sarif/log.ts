import { groupFindings, type LeakGroup } from '../../model/leak-group';
import type { Accepted } from '../../model/ratchet';
import type { RunReport } from '../../model/report';
import { type Described, type Descriptor, descriptorOf } from './descriptors';
import { type Context, leakResult } from './leak-results';
import { staleResults } from './stale-results';
import { plain } from './words';

/** What goes into a log. */
export interface Contents {
  /** Where the report's paths start in the repository. */
  readonly base: string;
  /** What is let go, too, marked as suppressed. */
  readonly suppressed: boolean;
  /** How many results, most frequent leaks first. Default: all. */
  readonly most?: number;
}

/** What was let go, by leak and by what lets it go. */
function acceptedGroups(report: RunReport): readonly { readonly group: LeakGroup; readonly accepted: Accepted }[] {
  const byReason = new Map<string, Accepted[]>();
  for (const accepted of report.files.flatMap((file) => file.accepted)) {
    const key = JSON.stringify([accepted.by, accepted.place, accepted.reason]);
    byReason.set(key, [...(byReason.get(key) ?? []), accepted]);
  }
  return [...byReason.values()].flatMap((all) => {
    const [accepted] = all as [Accepted, ...Accepted[]];
    return groupFindings(all.map(({ finding }) => finding)).map((group) => ({ group, accepted }));
  });
}

function invocation(report: RunReport, left: number): object {
  const failures = [...report.misuses, ...report.problems];
  return {
    executionSuccessful: failures.length === 0,
    startTimeUtc: report.run.startedAt,
    endTimeUtc: report.run.endedAt,
    toolExecutionNotifications: [
      ...failures.map((text) => ({ level: 'error', message: { text: plain(text) } })),
      ...(left > 0 ? [{ level: 'warning', message: { text: `${left} more results are in the report alone.` } }] : []),
    ],
  };
}

/** Numbers each rule in the order of its first result, and each result among those of its fingerprint. */
function contextOf(report: RunReport, base: string): Context & { readonly descriptors: readonly Descriptor[] } {
  const indices = new Map<string, number>();
  const descriptors: Descriptor[] = [];
  const alike = new Map<string, number>();
  return {
    base,
    baselines: report.baselines.length > 0,
    descriptors,
    indexOf(described: Described) {
      const descriptor = descriptorOf(described);
      const known = indices.get(descriptor.id);
      if (known !== undefined) return known;
      indices.set(descriptor.id, descriptors.length);
      return descriptors.push(descriptor) - 1;
    },
    nth(fingerprint: string) {
      const before = alike.get(fingerprint) ?? 0;
      alike.set(fingerprint, before + 1);
      return before + 1;
    },
  };
}

/** A report as a SARIF 2.1.0 log. */
export function sarifLog(report: RunReport, { base, suppressed, most = Number.POSITIVE_INFINITY }: Contents): string {
  const context = contextOf(report, base);
  const all = [
    ...groupFindings(report.files.flatMap(({ findings }) => findings)).map((group) => leakResult(group, context)),
    ...staleResults(report, context),
    ...(suppressed ? acceptedGroups(report) : []).map(({ group, accepted }) => leakResult(group, context, accepted)),
  ];
  const results = all.slice(0, most);
  const [version] = report.versions.leakgate;
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'leakgate',
            ...(version === undefined ? {} : { semanticVersion: version }),
            rules: context.descriptors,
          },
        },
        automationDetails: { id: 'leakgate/' },
        invocations: [invocation(report, all.length - results.length)],
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
