import { createColors } from 'picocolors';
import type { Finding, FindingKind } from '../model/finding';
import { groupFindings, groupLeaks, type LeakGroup, scopeKey } from '../model/leak-group';
import type { Accepted, RatchetFinding } from '../model/ratchet';
import type { RunReport } from '../model/report';
import type { Reporter } from '../model/reporter';
import { drawPath } from '../model/retainer-path';
import { type ScopeRef, scopeTitle } from '../model/scope';
import { counted, grouped, indented, nameOf, withoutArticle } from '../model/sentence';
import { KIND_WORDS } from './text/kind-words';
import { verdictOf } from './text/verdict';
import { clipped, harmless, visible, visibleLine } from './text/visible';

/** How many groups, and tests within one, are listed before the rest is only counted. */
const LISTED_GROUPS = 20;
const LISTED_TESTS = 5;
/** Of known leaks fewer: they are in every run. */
const LISTED_KNOWN = 5;
/** Of one name or sentence: some names are generated. */
const LONGEST = 1_000;
/** Width of the first column, as in Jest's own summary. */
const COLUMN = 13;

type Colors = ReturnType<typeof createColors>;

/** A text of the user's: on one line, and none that steers a terminal. */
const said = (text: string): string => clipped(visibleLine(text), LONGEST);

/** What is on the line of a finding: `an interval of 5 s`, or the noun alone where the labels of many would differ. */
const subject = ({ finding, count: many }: LeakGroup): string =>
  withoutArticle(said(many > 1 ? finding.root.noun : nameOf(finding.root)));

function opening(finding: Finding, colors: Colors): string {
  const { openedAt } = finding;
  if (openedAt === undefined) return colors.dim(said(finding.scope.file));
  return `${colors.cyan(said(openedAt.file))}${colors.dim(`:${openedAt.line}:${openedAt.column}`)}`;
}

/** The tests that answer for a leak, with their file where they are of several. */
function scopeLines(scopes: readonly ScopeRef[]): string[] {
  const several = new Set(scopes.map(({ file }) => file)).size > 1;
  const titled = scopes.flatMap((scope) => {
    const title = scopeTitle(scope);
    if (!several) return title === '' ? [] : [title];
    const file = scope.file;
    return [title === '' ? file : `${file} › ${title}`];
  });
  const rest = titled.length - LISTED_TESTS;
  return [
    ...titled.slice(0, LISTED_TESTS).map((title) => `      ${said(title)}`),
    ...(rest > 0 ? [`      … and ${grouped(rest)} more`] : []),
  ];
}

function groupLine(group: LeakGroup, colors: Colors): string {
  const { finding } = group;
  const tag = finding.kind === 'leak' ? '' : KIND_WORDS[finding.kind];
  return [
    `  ${colors.bold(`${grouped(group.count)} ×`)} ${subject(group)}`,
    ...(tag === '' ? [] : [colors.yellow(`(${tag})`)]),
    opening(finding, colors),
    colors.dim(finding.fingerprint),
  ].join('  ');
}

/** What holds an object that was expected to be collected. */
const pathLines = ({ finding: { path } }: LeakGroup): string[] =>
  path === undefined ? [] : indented(drawPath(path), '      ').split('\n');

function byKind(groups: readonly LeakGroup[]): string {
  const kinds = new Map<string, number>();
  for (const { finding, count: many } of groups) {
    const noun = withoutArticle(finding.root.noun);
    kinds.set(noun, (kinds.get(noun) ?? 0) + many);
  }
  if (kinds.size < 2) return '';
  const most = [...kinds].sort(([, a], [, b]) => b - a).map(([noun, many]) => `${grouped(many)} × ${noun}`);
  return ` (${most.join(', ')})`;
}

function leakLines(report: RunReport, colors: Colors, label: Label): string[] {
  const groups = groupLeaks(report.files);
  if (groups.length === 0) return [label('Leaks', colors.green('none'))];
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const places = new Set(report.files.flatMap(({ findings }) => findings.map(({ scope }) => scopeKey(scope))));
  const where = ` in ${counted(places.size, 'place')}`;
  const hidden = groups.length - LISTED_GROUPS;
  return [
    label('Leaks', `${colors.bold(colors.red(grouped(total)))}${where}${byKind(groups)}`),
    ...groups
      .slice(0, LISTED_GROUPS)
      .flatMap((group) => [groupLine(group, colors), ...pathLines(group), ...scopeLines(group.scopes)]),
    ...(hidden > 0 ? [`  … and ${counted(hidden, 'other leak')}`] : []),
  ];
}

type Label = (name: string, text: string) => string;

const RATCHET: Readonly<Record<RatchetFinding['what'], string>> = {
  'unused-rule': 'Rule',
  'expired-rule': 'Rule',
  fixed: 'Baseline',
};

const acceptedBy = (report: RunReport, by: readonly Accepted['by'][]): readonly Accepted[] =>
  report.files.flatMap(({ accepted }) => accepted.filter((each) => by.includes(each.by)));

/** Leaks that fail nothing: counted and listed, so that nobody forgets them. */
function acceptedLines(report: RunReport, colors: Colors, label: Label): string[] {
  const accepted = acceptedBy(report, ['known', 'baseline']);
  if (accepted.length === 0) return [];
  const groups = groupFindings(accepted.map(({ finding }) => finding));
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const hidden = groups.length - LISTED_KNOWN;
  const sources = new Map(accepted.map(({ finding, by, reason }) => [finding.fingerprint, reason ?? by]));
  return [
    label('Known', `${counted(total, 'leak')} that ${total === 1 ? 'fails' : 'fail'} no test`),
    ...groups.slice(0, LISTED_KNOWN).map((group) => {
      const from = sources.get(group.finding.fingerprint) ?? '';
      return `${groupLine(group, colors)}  ${colors.dim(from === 'baseline' ? 'in the baseline' : `"${from}"`)}`;
    }),
    ...(hidden > 0 ? [`  … and ${counted(hidden, 'other known leak')}: \`--html <file>\` lists them all`] : []),
  ];
}

function filesWith(kind: FindingKind, report: RunReport): string {
  return report.files
    .filter(({ findings }) => findings.some((finding) => finding.kind === kind))
    .map(({ file }) => file)
    .join(', ');
}

function costText(report: RunReport): string {
  const ownMs = report.files.reduce((sum, { cost }) => sum + cost.setupMs + cost.judgingMs - cost.waitedMs, 0);
  const waitedMs = Math.round(report.files.reduce((sum, { cost }) => sum + cost.waitedMs, 0));
  const allMs = report.files.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const share = allMs > 0 ? ` (${((ownMs / allMs) * 100).toFixed(1)} % of the files' time)` : '';
  const waited = waitedMs > 0 ? `, and ${grouped(waitedMs)} ms of grace for suspects` : '';
  return `${grouped(Math.round(ownMs))} ms${share}${waited}`;
}

function checkedText(report: RunReport): string {
  const tests = report.files.reduce((sum, file) => sum + file.tests, 0);
  const allowed = acceptedBy(report, ['allow']).length;
  const levels = [...new Set(report.files.map(({ level }) => level))].join(', ');
  return [
    `${counted(tests, 'test')} in ${counted(report.files.length, 'file')}`,
    ...(levels === '' || levels === 'gate' ? [] : [`level ${levels}`]),
    ...(allowed > 0 ? [`${counted(allowed, 'leak')} allowed`] : []),
    ...(report.off.length > 0 ? [`${counted(report.off.length, 'file')} switched off`] : []),
  ].join(', ');
}

/** The summary at the end of a run, in the manner of Jest's own. */
const terminal: Reporter = {
  name: 'terminal',
  description: 'the summary that a run ends with',
  render(report, rendering) {
    const colors = createColors(rendering.colors);
    const label: Label = (name, text) => `${colors.bold(`${name}:`.padEnd(COLUMN))}${text}`;
    const late = filesWith('late', report);
    const unproven = filesWith('unproven', report);
    const lines = [
      ...leakLines(report, colors, label),
      ...(late === '' ? [] : [label('Late', said(late))]),
      ...(unproven === '' ? [] : [label('Unproven', `${said(unproven)}; run the tests of such a file one at a time`)]),
      ...report.orphans.map(({ pid, command, file }) =>
        label(
          'Orphan',
          said(
            `process ${pid} (${command}) is still running${file === undefined ? '' : `; ${file} started it`}. End it in the test that starts it.`,
          ),
        ),
      ),
      ...acceptedLines(report, colors, label),
      ...report.ratchet.map(({ what, message, red }) =>
        label(RATCHET[what], red ? colors.red(said(message)) : said(message)),
      ),
      label('Checked', checkedText(report)),
      label('Cost', costText(report)),
      ...report.notes.map((note) => label('Note', said(note))),
      ...report.misuses.map((misuse) => label('Usage', colors.red(said(misuse)))),
      ...report.problems.map((problem) => label('Problem', colors.red(said(problem)))),
    ];
    for (const opinion of report.opinions) {
      lines.push('', 'A worker did not exit. A second opinion, by why-is-node-running:', '', visible(opinion));
    }
    const verdict = verdictOf(report);
    if (verdict !== '') lines.push('', colors.bold(colors.red(verdict)));
    return `\n${lines.join('\n').split('\n').map(harmless).join('\n')}\n`;
  },
};

export default terminal;
