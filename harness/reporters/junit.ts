import XMLBuilder from 'fast-xml-builder';
import type { Finding } from '../model/finding';
import type { Accepted } from '../model/ratchet';
import type { FileReport, RunReport } from '../model/report';
import type { Reporter } from '../model/reporter';
import { type ScopeRef, scopeTitle } from '../model/scope';
import type { TestCase } from '../model/test-case';
import { findingText, placeOf, sentenceOf } from './text/finding-text';
import { visible, visibleLine } from './text/visible';

interface Trouble {
  readonly '@type': string;
  readonly '@message': string;
  readonly '#text': string;
}

interface Case {
  readonly '@classname': string;
  readonly '@name': string;
  readonly '@time': string;
  readonly failure?: Trouble;
  readonly error?: Trouble;
  readonly skipped?: { readonly '@message': string };
  readonly 'system-out'?: string;
}

interface Suite {
  readonly '@name': string;
  readonly '@tests': number;
  readonly '@failures': number;
  readonly '@errors': number;
  readonly '@skipped': number;
  readonly '@time': string;
  readonly testcase: readonly Case[];
  readonly 'system-out'?: string;
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
});

/** With three digits, as Surefire's own schema has it. */
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const trouble = (type: string, message: string, text: string): Trouble => ({
  '@type': visibleLine(type),
  '@message': visibleLine(message),
  '#text': visible(text),
});

/** One failure for all that is wrong with a test: several readers, GitLab's among them, know no second one. */
function failureOf(findings: readonly Finding[], own?: string): { readonly failure?: Trouble } {
  const [first] = findings;
  const text = [...(own === undefined ? [] : [own]), ...findings.map(findingText)].join('\n\n');
  if (own !== undefined) return { failure: trouble('failure', own.split('\n', 1)[0] ?? '', text) };
  return first === undefined ? {} : { failure: trouble(`${first.kind}.${first.root.kind}`, sentenceOf(first), text) };
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);

/** What was found and fails nothing, as a case's output. */
function accepted(all: readonly Accepted[]): { readonly 'system-out'?: string } {
  if (all.length === 0) return {};
  const texts = all.map(({ finding, by, reason }) =>
    [
      `${sentenceOf(finding)} It fails nothing: ${by === 'baseline' ? 'it is in the baseline' : `${by}, "${reason}"`}.`,
      `    at ${placeOf(finding)}`,
      `    Fingerprint: ${finding.fingerprint}`,
    ].join('\n'),
  );
  return { 'system-out': visible(texts.join('\n\n')) };
}

/** What was found and fails nothing, by the test or suite that answers for it. */
function acceptedByScope(file: FileReport): ReadonlyMap<string, readonly Accepted[]> {
  const byScope = new Map<string, Accepted[]>();
  for (const each of file.accepted) {
    const key = keyOf(each.finding.scope.path);
    const known = byScope.get(key);
    if (known === undefined) byScope.set(key, [each]);
    else known.push(each);
  }
  return byScope;
}

function testCase(
  file: FileReport,
  { path, status, durationMs, failure, findings }: TestCase,
  letGo: ReadonlyMap<string, readonly Accepted[]>,
): Case {
  const leaks = (findings ?? []).flatMap((at) => file.findings[at] ?? []);
  const ran = status === 'passed' || status === 'failed';
  return {
    '@classname': visibleLine(file.file),
    '@name': visibleLine(path.join(' › ')),
    '@time': seconds(durationMs),
    ...failureOf(leaks, failure),
    ...(ran || leaks.length > 0 ? {} : { skipped: { '@message': status } }),
    ...accepted(letGo.get(keyOf(path)) ?? []),
  };
}

/** What stands for a scope that is no test. */
const scopeName = (scope: ScopeRef): string =>
  scope.path.length === 0 ? '(the file itself)' : `${scopeTitle(scope)} (the suite itself)`;

/** What no test answers for: a case of its own for each suite, and for the file. */
function scopeCases(file: FileReport): Case[] {
  const answered = new Set(file.cases.flatMap(({ findings }) => findings ?? []));
  const byName = new Map<string, Finding[]>();
  file.findings.forEach((finding, at) => {
    if (answered.has(at)) return;
    const name = scopeName(finding.scope);
    byName.set(name, [...(byName.get(name) ?? []), finding]);
  });
  return [...byName].map(([name, findings]) => ({
    '@classname': visibleLine(file.file),
    '@name': visibleLine(name),
    '@time': seconds(0),
    ...failureOf(findings),
  }));
}

function suite(
  name: string,
  durationMs: number,
  cases: readonly Case[],
  output: { readonly 'system-out'?: string } = {},
): Suite {
  return {
    '@name': visibleLine(name),
    '@tests': cases.length,
    '@failures': cases.filter(({ failure }) => failure !== undefined).length,
    '@errors': cases.filter(({ error }) => error !== undefined).length,
    '@skipped': cases.filter(({ skipped }) => skipped !== undefined).length,
    '@time': seconds(durationMs),
    testcase: cases,
    ...output,
  };
}

function fileSuite(file: FileReport): Suite {
  const letGo = acceptedByScope(file);
  const tests = new Set(file.cases.map(({ path }) => keyOf(path)));
  // What a suite or the file itself has has no case to be put in.
  const others = [...letGo].flatMap(([key, all]) => (tests.has(key) ? [] : all));
  const cases = [...file.cases.map((each) => testCase(file, each, letGo)), ...scopeCases(file)];
  return suite(file.file, file.durationMs, cases, accepted(others));
}

const errorCase = (name: string, said: string): Case => ({
  '@classname': 'leakgate',
  '@name': visibleLine(name),
  '@time': seconds(0),
  error: trouble('leakgate', said, said),
});

/** What fails the run and is no test's: red here too, or the format would be greener than the run. */
const runCases = (report: RunReport): Case[] => [
  ...report.orphans.map(({ pid, command, file }) =>
    errorCase(
      'leaves no process behind',
      `Process ${pid} (${command}) is still running; started by ${file ?? 'no test'}.`,
    ),
  ),
  ...report.ratchet.flatMap(({ red, message }) =>
    red ? [errorCase('lets nothing go that is out of date', message)] : [],
  ),
  ...report.misuses.map((misuse) => errorCase('is used as it should be', misuse)),
  ...report.problems.map((problem) => errorCase('was checked in full', problem)),
];

const total = (suites: readonly Suite[], of: '@tests' | '@failures' | '@errors' | '@skipped'): number =>
  suites.reduce((sum, each) => sum + each[of], 0);

/** JUnit's XML, as Surefire writes it and CI servers read it: a leak is the failure of its test case. */
const junit: Reporter = {
  name: 'junit',
  description: "JUnit's XML, for CI servers: a leak is the failure of its test case",
  render(report) {
    const ofRun = runCases(report);
    const suites = [...report.files.map(fileSuite), ...(ofRun.length > 0 ? [suite('leakgate', 0, ofRun)] : [])];
    const durationMs = report.files.reduce((sum, file) => sum + file.durationMs, 0);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({
      testsuites: {
        '@name': 'leakgate',
        '@tests': total(suites, '@tests'),
        '@failures': total(suites, '@failures'),
        '@errors': total(suites, '@errors'),
        '@time': seconds(durationMs),
        testsuite: suites,
      },
    })}`;
  },
};

export default junit;
