import { groupLeaks, type LeakGroup } from '../model/leak-group';
import type { RatchetFinding } from '../model/ratchet';
import type { Reporter } from '../model/reporter';
import { scopeTitle } from '../model/scope';
import { withoutArticle } from '../model/sentence';
import { repositoryPath } from './text/repository-path';
import { type RulePlace, rulePlace } from './text/rule-place';
import { clipped, visible, visibleLine } from './text/visible';

/** GitHub shows the first ten errors of a step, and says nothing of the rest. */
const SHOWN = 10;
/** Of a message; GitHub's own limit is 64 KB. */
const LONGEST = 4_000;
const LONGEST_NAME = 200;

/** As `@actions/core` escapes the data of a command. */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** And its properties. */
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function command(
  properties: Readonly<Record<string, string | number>>,
  message: string,
  level: 'error' | 'warning' = 'error',
): string {
  const given = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${level} ${given.join(',')}::${data(message)}`;
}

/** On the rule's own line, or the first line of the baseline that is to go. */
function staleAnnotation({ place, message, red, entries }: RatchetFinding, base: string): string {
  const stands: RulePlace | undefined =
    entries === undefined ? rulePlace(place) : { file: place, line: entries[0]?.line ?? 1 };
  const at =
    stands === undefined
      ? {}
      : {
          file: visibleLine(repositoryPath(stands.file, base)),
          ...(stands.line === undefined ? {} : { line: stands.line }),
        };
  const title = entries === undefined ? 'leakgate: a rule is out of date' : 'leakgate: the baseline is out of date';
  return command({ ...at, title }, clipped(visible(message), LONGEST), red ? 'error' : 'warning');
}

function annotation({ finding, count, scopes }: LeakGroup, base: string): string {
  const { openedAt, scope, root, message } = finding;
  const file = visibleLine(repositoryPath(openedAt?.file ?? scope.file, base));
  const place = openedAt === undefined ? { file } : { file, line: openedAt.line, col: openedAt.column };
  const [first] = scopes;
  const title = first === undefined ? '' : clipped(visibleLine(scopeTitle(first)), LONGEST_NAME);
  const more = scopes.length > 1 ? `\n\nIn ${scopes.length} places, ${count} times in all; the first: ${title}` : '';
  const said = clipped(visible(`${message}${more === '' && title !== '' ? `\n\nIn ${title}` : more}`), LONGEST);
  const tag = `${finding.kind}: ${withoutArticle(root.noun)}`;
  return command({ ...place, title: visibleLine(tag) }, `${said}\n\nFingerprint: ${finding.fingerprint}`);
}

/**
 * Workflow commands for GitHub's runner: on the very line of every exception that is out of date, and of every distinct leak, most frequent
 * first.
 */
const github: Reporter = {
  name: 'github',
  description: "annotations for GitHub Actions (`-`: into the job's log, where GitHub reads them)",
  render(report, { base }) {
    const general = [
      ...[...report.misuses, ...report.problems].map((text) => visible(text)),
      ...report.orphans.map(({ pid, command: line }) => visible(`Process ${pid} (${line}) is still running.`)),
    ].map((text) => command({ title: 'leakgate' }, clipped(text, LONGEST)));
    const stale = report.ratchet.map((each) => staleAnnotation(each, base));
    const leaks = groupLeaks(report.files).map((group) => annotation(group, base));
    const lines = [...general, ...stale, ...leaks];
    const hidden = lines.length - (SHOWN - 1);
    const rest = command({ title: 'leakgate' }, `${hidden} more are in the log and in the job's summary.`);
    const shown = lines.length > SHOWN ? [...lines.slice(0, SHOWN - 1), rest, ...lines.slice(SHOWN - 1)] : lines;
    return shown.map((line) => `${line}\n`).join('');
  },
};

export default github;
