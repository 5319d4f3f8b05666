import { groupLeaks, type LeakGroup } from '../model/leak-group';
import type { Reporter } from '../model/reporter';
import { scopeTitle } from '../model/scope';
import { repositoryPath } from './text/repository-path';
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

function command(properties: Readonly<Record<string, string | number>>, message: string): string {
  const given = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::error ${given.join(',')}::${data(message)}`;
}

function annotation({ finding, count, scopes }: LeakGroup, base: string): string {
  const { openedAt, scope, root, message } = finding;
  const file = visibleLine(repositoryPath(openedAt?.file ?? scope.file, base));
  const place = openedAt === undefined ? { file } : { file, line: openedAt.line, col: openedAt.column };
  const [first] = scopes;
  const title = first === undefined ? '' : clipped(visibleLine(scopeTitle(first)), LONGEST_NAME);
  const more = scopes.length > 1 ? `\n\nIn ${scopes.length} places, ${count} times in all; the first: ${title}` : '';
  const said = clipped(visible(`${message}${more === '' && title !== '' ? `\n\nIn ${title}` : more}`), LONGEST);
  const tag = `${finding.kind}: ${root.noun.replace(/^an? /, '')}`;
  return command({ ...place, title: visibleLine(tag) }, `${said}\n\nFingerprint: ${finding.fingerprint}`);
}

/** Workflow commands for GitHub's runner: an error on the very line of every distinct leak, most frequent first. */
const github: Reporter = {
  name: 'github',
  description: "annotations for GitHub Actions (`-`: into the job's log, where GitHub reads them)",
  render(report, { base }) {
    const general = [
      ...[...report.misuses, ...report.problems].map((text) => visible(text)),
      ...report.ratchet.map(({ message }) => visible(message)),
      ...report.orphans.map(({ pid, command: line }) => visible(`Process ${pid} (${line}) is still running.`)),
    ].map((text) => command({ title: 'leakgate' }, clipped(text, LONGEST)));
    const leaks = groupLeaks(report.files).map((group) => annotation(group, base));
    const lines = [...general, ...leaks];
    const hidden = lines.length - (SHOWN - 1);
    const rest = command({ title: 'leakgate' }, `${hidden} more are in the log and in the job's summary.`);
    const shown = lines.length > SHOWN ? [...lines.slice(0, SHOWN - 1), rest, ...lines.slice(SHOWN - 1)] : lines;
    return shown.map((line) => `${line}\n`).join('');
  },
};

export default github;
