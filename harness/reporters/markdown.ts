import { groupLeaks, type LeakGroup } from '../model/leak-group';
import type { RunReport } from '../model/report';
import type { Reporter } from '../model/reporter';
import { scopeTitle } from '../model/scope';
import { counted, grouped } from '../model/sentence';
import { placeOf, sentenceOf } from './text/finding-text';
import { verdictOf } from './text/verdict';
import { clipped, visibleLine } from './text/visible';

/** GitHub takes a summary of 1 MiB a step, and none that is longer. The rest is for what a step has to say besides. */
const MOST_BYTES = 1_000_000;
const LISTED = 100;
const LISTED_TESTS = 3;
const LISTED_FILES = 10;
const LONGEST = 300;

/** Text that is text in GitHub's Markdown, in a table's cell too: no markup, link, mention, formula or HTML. */
const plain = (text: string): string =>
  clipped(visibleLine(text), LONGEST)
    .replaceAll(/[\\`*_{}[\]()#+!|~@:$"'./^=-]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ''];
}

const rest = (all: number, listed: number, noun: string): string[] =>
  all > listed ? [`… and ${counted(all - listed, noun)} more, in the report.`, ''] : [];

function tests({ scopes, finding }: LeakGroup): string {
  const titles = scopes.map((scope) => plain(scopeTitle(scope) || finding.scope.file));
  const more = titles.length - LISTED_TESTS;
  return [...titles.slice(0, LISTED_TESTS), ...(more > 0 ? [`… and ${grouped(more)} more`] : [])].join('<br>');
}

function leaks(report: RunReport): string[] {
  const groups = groupLeaks(report.files);
  if (groups.length === 0) return [];
  const rows = groups
    .slice(0, LISTED)
    .map((group) => [
      grouped(group.count),
      `${plain(sentenceOf(group.finding))}<br>${plain(group.finding.message.split('\n').slice(1).join(' '))}`,
      plain(placeOf(group.finding)),
      tests(group),
      plain(group.finding.fingerprint),
    ]);
  return [
    ...table(['×', 'What', 'Opened at', 'Tests', 'Fingerprint'], rows),
    ...rest(groups.length, LISTED, 'other leak'),
  ];
}

function accepted(report: RunReport): string[] {
  const reasons = new Map<string, number>();
  for (const { by, reason, finding } of report.files.flatMap((file) => file.accepted ?? [])) {
    const why = reason ?? by;
    reasons.set(why, (reasons.get(why) ?? 0) + finding.count);
  }
  const all = [...reasons];
  if (all.length === 0) return [];
  return [
    ...table(
      ['×', 'Accepted because'],
      all.slice(0, LISTED).map(([why, times]) => [grouped(times), plain(why)]),
    ),
    ...rest(all.length, LISTED, 'other reason'),
  ];
}

function cost(report: RunReport): string[] {
  const rows = report.files
    .map((file) => ({ file, ownMs: file.cost.setupMs + file.cost.judgingMs }))
    .sort((a, b) => b.ownMs - a.ownMs)
    .slice(0, LISTED_FILES)
    .map(({ file, ownMs }) => [
      plain(file.file),
      grouped(file.tests),
      `${grouped(Math.round(file.durationMs))} ms`,
      `${grouped(Math.round(ownMs))} ms`,
    ]);
  if (rows.length === 0) return [];
  return [
    '<details><summary>What the gate cost</summary>',
    '',
    ...table(['File', 'Tests', 'In all', 'Of that the gate'], rows),
    '</details>',
    '',
  ];
}

const list = (lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [...lines.slice(0, LISTED).map((line) => `- ${plain(line)}`), ''];

/** As many lines as there is room for: escaped, a character of a hostile name may take five. */
function fitting(lines: readonly string[]): string {
  let bytes = 0;
  const room = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1;
    return bytes > MOST_BYTES;
  });
  return (room < 0 ? lines : [...lines.slice(0, room), '', '… and more, in the report.', '']).join('\n');
}

/** The summary of a job, in GitHub's Markdown. */
const markdown: Reporter = {
  name: 'markdown',
  description: 'a summary in Markdown, for a job or a comment',
  render(report) {
    const checked = report.files.reduce((sum, file) => sum + file.tests, 0);
    const { shard, merged } = report.run;
    const part = shard === undefined ? '' : ` (shard ${shard.index} of ${shard.count})`;
    const parts = merged === undefined ? '' : ` in ${counted(merged, 'shard')}`;
    const verdict = verdictOf(report);
    return fitting([
      `## leakgate: ${report.outcome === 'clean' ? 'no leaks' : plain(report.outcome)}${part}`,
      '',
      ...(verdict === '' ? [] : [plain(verdict), '']),
      ...list([...report.misuses, ...report.problems]),
      ...leaks(report),
      ...list(report.orphans.map(({ pid, command }) => `Process ${pid} (${command}) is still running.`)),
      ...list(report.ratchet.map(({ message }) => message)),
      ...accepted(report),
      `Checked: ${counted(checked, 'test')} in ${counted(report.files.length, 'file')}${parts}.`,
      '',
      ...cost(report),
      ...list(report.notes),
    ]);
  },
};

export default markdown;
