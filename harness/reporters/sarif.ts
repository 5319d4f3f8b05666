import type { Finding, FindingKind } from '../model/finding';
import type { Frame } from '../model/frame';
import { groupLeaks, type LeakGroup } from '../model/leak-group';
import type { RunReport } from '../model/report';
import type { Reporter } from '../model/reporter';
import { scopeTitle } from '../model/scope';
import { repositoryPath } from './text/repository-path';
import { clipped, visible, visibleLine } from './text/visible';

/** More than the longest name anybody reads; test names go up to any length. */
const LONGEST_NAME = 500;
/** How many tests a result names as its places. */
const NAMED_TESTS = 10;

/** What each kind of finding means, for whoever opens the rule. */
const MEANING: Readonly<Record<FindingKind, string>> = {
  leak: 'is still live after the teardown of the test, suite or file that opened it',
  late: 'was opened by work that went on after its test was over',
  'foreign-close': 'was closed by a test, though an outer scope had opened it for others to use',
  unproven: 'is still live, and which of several concurrent tests opened it cannot be proved',
  retained: 'was closed, and is still reachable by the path that is shown',
  'unused-allow': 'is an allowance that matched nothing',
};

const ruleId = ({ kind, root }: Finding): string => `${kind}/${root.kind}`;
const noun = ({ root }: Finding): string => root.noun.replace(/^an? /, '');

/** Plain text of a message: what looks like SARIF's embedded link must not become one (2.1.0, 3.11.6). */
const plain = (text: string): string => visible(text).replaceAll(/\[(?=[^\]]*\]\()/g, '\\[');

/** A relative reference: every segment encoded, or `#` would end it. */
const uri = (file: string, base: string): string =>
  repositoryPath(visible(file), base).split('/').map(encodeURIComponent).join('/');

const rule = (finding: Finding): object => ({
  id: ruleId(finding),
  name: `${finding.kind}-${finding.root.kind}`.replaceAll(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_, first: string) =>
    first.toUpperCase(),
  ),
  shortDescription: { text: plain(`${finding.kind}: ${noun(finding)}`) },
  fullDescription: { text: plain(`A resource (${noun(finding)}) ${MEANING[finding.kind]}.`) },
  help: { text: plain(finding.message.split('\n').slice(1).join('\n') || finding.message) },
  defaultConfiguration: { level: levelOf(finding) },
});

const levelOf = ({ kind }: Finding): 'error' | 'warning' => (kind === 'unproven' ? 'warning' : 'error');

const physical = ({ file, line, column }: Pick<Frame, 'file' | 'line' | 'column'>, base: string): object => ({
  artifactLocation: { uri: uri(file, base), uriBaseId: '%SRCROOT%' },
  region: { startLine: Math.max(1, line), startColumn: Math.max(1, column) },
});

function result({ finding, count, scopes }: LeakGroup, index: number, nth: number, base: string): object {
  const at = finding.openedAt ?? { file: finding.scope.file, line: 1, column: 1 };
  const related: readonly (readonly [Frame | undefined, string])[] = [
    [finding.closedAt, 'closed here'],
    [finding.leftAt, 'what it left was made here'],
  ];
  const where = scopes.length > 1 ? `\nIt is found in ${scopes.length} places, ${count} times in all.` : '';
  return {
    ruleId: ruleId(finding),
    ruleIndex: index,
    level: levelOf(finding),
    message: { text: plain(`${finding.message}${where}`) },
    locations: [
      {
        physicalLocation: physical(at, base),
        logicalLocations: scopes.slice(0, NAMED_TESTS).map((scope) => ({
          fullyQualifiedName: clipped(visibleLine([scope.file, scopeTitle(scope)].join(' › ')), LONGEST_NAME),
          kind: 'function',
        })),
      },
    ],
    relatedLocations: related.flatMap(([frame, text], id) =>
      frame === undefined ? [] : [{ id: id + 1, physicalLocation: physical(frame, base), message: { text } }],
    ),
    occurrenceCount: Math.max(1, count),
    // GitHub tells alerts apart by the first alone, which is a hash and how many alike came before it.
    partialFingerprints: {
      primaryLocationLineHash: `${finding.fingerprint}:${nth}`,
      'leakgate/v1': finding.fingerprint,
    },
  };
}

function invocation(report: RunReport): object {
  const failures = [...report.misuses, ...report.problems];
  return {
    executionSuccessful: failures.length === 0,
    startTimeUtc: report.run.startedAt,
    endTimeUtc: report.run.endedAt,
    toolExecutionNotifications: failures.map((text) => ({ level: 'error', message: { text: plain(text) } })),
  };
}

/** SARIF 2.1.0: one result for every distinct leak, at its opening line; one rule for every kind. */
const sarif: Reporter = {
  name: 'sarif',
  description: 'SARIF 2.1.0, for code scanning: a leak at the line that opened it',
  render(report, { base }) {
    const groups = groupLeaks(report.files);
    const rules = new Map<string, { readonly finding: Finding; readonly index: number }>();
    for (const { finding } of groups) {
      if (!rules.has(ruleId(finding))) rules.set(ruleId(finding), { finding, index: rules.size });
    }
    const alike = new Map<string, number>();
    const nth = ({ fingerprint }: Finding): number => {
      const before = alike.get(fingerprint) ?? 0;
      alike.set(fingerprint, before + 1);
      return before + 1;
    };
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
              rules: [...rules.values()].map(({ finding }) => rule(finding)),
            },
          },
          automationDetails: { id: 'leakgate/' },
          invocations: [invocation(report)],
          columnKind: 'utf16CodeUnits',
          results: groups.map((group) =>
            result(group, rules.get(ruleId(group.finding))?.index ?? 0, nth(group.finding), base),
          ),
        },
      ],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
  },
};

export default sarif;
