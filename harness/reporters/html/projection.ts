import { entryKey } from '../../model/baseline';
import type { Finding } from '../../model/finding';
import type { RatchetFinding } from '../../model/ratchet';
import type { FileReport, RunReport } from '../../model/report';
import type { RetainerPath } from '../../model/retainer-path';
import { scopeTitle } from '../../model/scope';
import { withoutArticle } from '../../model/sentence';
import type { TimelineEvent } from '../../model/test-case';
import type { Cause, FileRow, Notice, Occurrence, PageData, Status } from './page-data';

/** A finding where it was found, and what is thought of it. */
interface Found {
  readonly finding: Finding & { readonly path?: RetainerPath };
  readonly status: Status;
  readonly reason?: string;
  readonly timeline?: readonly TimelineEvent[] | undefined;
}

function foundIn(file: FileReport): readonly Found[] {
  const timelines = new Map<number, readonly TimelineEvent[] | undefined>();
  for (const { findings, timeline } of file.cases) for (const at of findings ?? []) timelines.set(at, timeline);
  return [
    ...file.findings.map((finding, at) => ({ finding, status: 'failing' as const, timeline: timelines.get(at) })),
    ...file.accepted.map(({ finding, by, reason }) => ({
      finding,
      status: by,
      ...(reason === undefined ? {} : { reason }),
    })),
  ];
}

function occurrenceOf({ finding, timeline }: Found): Occurrence {
  const { scope, count, message, root, trace, openedAt, closedAt, leftAt, path } = finding;
  return {
    test: scopeTitle(scope),
    file: scope.file,
    ...(scope.hook === undefined ? {} : { hook: scope.hook }),
    count,
    message,
    root,
    ...(openedAt === undefined ? {} : { openedAt }),
    trace,
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(leftAt === undefined ? {} : { leftAt }),
    ...(path === undefined ? {} : { path }),
    ...(timeline === undefined ? {} : { timeline }),
  };
}

function placesOf(all: readonly Found[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { finding } of all) {
    const { openedAt, scope, count } = finding;
    const place = openedAt === undefined ? scope.file : `${openedAt.file}:${openedAt.line}`;
    counts.set(place, (counts.get(place) ?? 0) + count);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([place]) => place);
}

function causeOf(first: Found, all: readonly Found[]): Cause {
  const { finding, status, reason } = first;
  return {
    fingerprint: finding.fingerprint,
    kind: finding.kind,
    status,
    ...(reason === undefined ? {} : { reason }),
    noun: withoutArticle(finding.root.noun),
    count: all.reduce((sum, each) => sum + each.finding.count, 0),
    places: placesOf(all),
    ...(finding.openedBy === undefined ? {} : { package: finding.openedBy }),
    isLibrarys: finding.class === 'library',
    occurrences: all.map(occurrenceOf),
  };
}

function causesOf(files: readonly FileReport[]): readonly Cause[] {
  const groups = new Map<string, [Found, ...Found[]]>();
  for (const found of files.flatMap(foundIn)) {
    const key = `${found.status} ${found.finding.fingerprint}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [found]);
    else group.push(found);
  }
  return [...groups.values()].map((group) => causeOf(group[0], group)).sort((a, b) => b.count - a.count);
}

const rowOf = ({ file, tests, findings, durationMs, cost }: FileReport): FileRow => ({
  file,
  tests,
  leaks: findings.reduce((sum, { count }) => sum + count, 0),
  durationMs,
  setupMs: cost.setupMs,
  judgingMs: cost.judgingMs,
  waitedMs: cost.waitedMs,
  recorded: cost.recorded,
  stacks: cost.stacks,
});

/** What is out of date, and of a baseline which lines. */
const staleLines = ({ message, entries = [] }: RatchetFinding): readonly string[] => [
  message,
  ...entries.map(({ file, test, kind, fingerprint }) =>
    [`${kind}, ${fingerprint}`, file, ...(test === '' ? [] : [test])].join(' · '),
  ),
];

function noticesOf(report: RunReport): readonly Notice[] {
  const covered = new Set(
    report.files.flatMap(({ accepted, baseline }) => accepted.flatMap(({ entry }) => `${baseline?.file} ${entry}`)),
  );
  const bad = (title: string, lines: readonly string[]): Notice => ({ title, lines, bad: true });
  const plain = (title: string, lines: readonly string[]): Notice => ({ title, lines, bad: false });
  return [
    bad('Wrong usage', report.misuses),
    bad('What the gate could not do', report.problems),
    bad(
      'Probes that could not be',
      report.probes.failed.map(({ probe, why, files }) => `${probe}: ${why} (${files.join(', ')})`),
    ),
    bad(
      'Processes left running',
      report.orphans.map(
        ({ pid, command, file }) => `${pid}: ${command}${file === undefined ? '' : `, started by ${file}`}`,
      ),
    ),
    bad('Exceptions that are out of date', report.ratchet.filter(({ red }) => red).flatMap(staleLines)),
    plain('Mended since the baseline', report.ratchet.filter(({ red }) => !red).flatMap(staleLines)),
    plain(
      'Rules',
      report.rules.map(({ verdict, reason, place, owner, issue, expires, expired, matched }) =>
        [
          `${verdict}: ${reason}`,
          place,
          ...(owner === undefined ? [] : [`owner ${owner}`]),
          ...(issue === undefined ? [] : [issue]),
          ...(expires === undefined ? [] : [`${expired === true ? 'expired' : 'expires'} ${expires}`]),
          matched ? 'used' : 'not used',
        ].join(' · '),
      ),
    ),
    plain(
      'Baseline',
      report.baselines.map(({ file, entries }) => {
        const found = entries.filter(
          (entry) => covered.has(`${file} ${entryKey(entry)}`) || covered.has(`undefined ${entryKey(entry)}`),
        ).length;
        return `${file}: ${entries.length} known ${entries.length === 1 ? 'leak' : 'leaks'}, ${found} of them found again`;
      }),
    ),
    plain('Not looked at', [...report.notes, ...report.off.map((file) => `${file} ran at level off`)]),
    plain('Second opinion of why-is-node-running', report.opinions),
  ];
}

function factsOf({
  run,
  versions,
  probes,
  files,
  narrowed,
  chosen,
}: RunReport): readonly (readonly [string, string])[] {
  const levels = [...new Set(files.map(({ level }) => level))].join(', ');
  const { shard, merged } = run;
  const facts: readonly (readonly [string, string])[] = [
    ['Run', run.id],
    ['Commit', run.commit ?? ''],
    ['Started', run.startedAt],
    ['Ended', run.endedAt],
    ['Shard', shard === undefined ? '' : `${shard.index} of ${shard.count}`],
    ['Shards put together', merged === undefined ? '' : String(merged)],
    ['Tests', narrowed || chosen === true ? 'some were left out' : 'all'],
    ['Level', levels],
    ['leakgate', versions.leakgate.join(', ')],
    ['Node', versions.node.join(', ')],
    ['Jest', versions.jest.join(', ')],
    ['Platform', versions.platform.join(', ')],
    ['Probes', probes.active.join(', ')],
  ];
  return facts.filter(([, value]) => value !== '');
}

/** What the page shows of a report. */
export function pageData(report: RunReport): PageData {
  return {
    outcome: report.outcome,
    endedAt: report.run.endedAt,
    tests: report.files.reduce((sum, { tests }) => sum + tests, 0),
    causes: causesOf(report.files),
    files: report.files.map(rowOf),
    facts: factsOf(report),
    notices: noticesOf(report),
  };
}
