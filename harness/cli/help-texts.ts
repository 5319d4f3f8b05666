import { reporters } from './outputs';

const EXIT_HELP = `
Exit codes:
  0  clean
  1  failed for reasons other than leaks
  2  wrong usage
  3  leaks, and tests otherwise green
  4  the harness could not do its job: a file was not checked, a process was
     lost, a report cut short`;

/** What follows the options in the help of each command; no line is longer than 80 columns. */
export const RUN_HELP = `
Examples:
  every test of the project, under the gate
  $ leakgate run -- jest

  Jest's own flags and patterns come after it
  $ leakgate run -- npx jest --ci src/checkout
  $ leakgate run -- node --experimental-vm-modules node_modules/jest/bin/jest.js

  every stack captured, for a leak without a line
  $ leakgate run --level trace -- jest -t 'retries'

  reports: as many as are asked for
  $ leakgate run --report leaks.json --html leaks.html --junit junit.xml -- jest

  one part of four; leakgate report merge puts them together
  $ leakgate run --report report.json -- jest --ci --shard=1/4
${EXIT_HELP}`;

/** The same for `baseline` and its two commands. */
export const BASELINE_HELP = `
Examples:
  runs the tests, and records what leaks in leakgate-baseline.jsonl
  $ leakgate baseline write
  $ leakgate baseline write -- npx jest --ci

  runs the tests, and takes out what is mended
  $ leakgate baseline prune

  by the report of a run, or of all its shards together
  $ leakgate baseline prune --report whole.json
${EXIT_HELP}`;

/** The same for `explain`. */
export const EXPLAIN_HELP = `
Examples:
  what it is, who opened it, which tests leave it, who let it go
  $ leakgate explain 4e043500d469

  its beginning will do
  $ leakgate explain 4e04

  by a report from CI
  $ leakgate explain 4e043500d469 --report whole.json

Exit codes:
  0  told, whatever it is
  2  wrong usage, or nothing is known of such a leak
  4  the report is missing, empty, cut in the middle, of another version or
     malformed`;

/** The same for `init`. */
export const INIT_HELP = `
Overwrites nothing, and can be run again: what is set up already is left as it
is.

Examples:
  adds the preset, runs the tests, records what leaks today
  $ leakgate init

  with your own command
  $ leakgate init -- jest --selectProjects unit
${EXIT_HELP}`;

/** The same for `leakgate` itself. */
export const MAIN_HELP = `
Examples:
  set a project up: the gate, a baseline of today's leaks, the lines for CI
  $ leakgate init

  gate a project without touching its configuration
  $ leakgate run -- jest --ci

  all about a command
  $ leakgate run --help
${EXIT_HELP}`;

/** `text` in lines of 80 columns, those after the first indented. */
function wrapped(first: string, text: string): string {
  const lines = [first];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (`${line} ${word}`.length <= 80) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`${' '.repeat(first.length)} ${word}`);
  }
  return lines.join('\n');
}

/** The same for `report render`, with every format there is. */
export const renderHelp = (): string => `
Formats:
${reporters()
  .map(({ name, description }) => wrapped(`  ${name.padEnd(13)}`, description))
  .join('\n')}

Examples:
  $ leakgate report render report.json --as terminal
  $ leakgate report render report.json --as junit --out junit.xml

  in a job of GitHub Actions: annotations, and the summary of the job
  $ leakgate report render report.json --as github
  $ leakgate report render report.json --as markdown >> "$GITHUB_STEP_SUMMARY"

Exit codes:
  0  rendered, whatever the report says
  2  wrong usage
  4  the report is missing, empty, cut in the middle, of another version or
     malformed; or the file cannot be written`;

/** The same for `report merge`. */
export const MERGE_HELP = `
Every shard must be there once, whole, of the same run and the same commit. On
GitHub, GitLab, CircleCI, Buildkite, Azure, Bitbucket and Semaphore the run is
known; elsewhere give the shards of one run the same --run-id.

Examples:
  on each of four machines
  $ leakgate run --report report.json -- jest --ci --shard=1/4

  on a fifth one, with the four reports
  $ leakgate report merge shard-*/report.json
  $ leakgate report merge shard-*/report.json --report whole.json

Exit codes:
  0  clean
  1  failed for reasons other than leaks
  2  wrong usage
  3  leaks, rules that nothing needs, and tests otherwise green
  4  a shard is missing, there twice, cut short, or of another run; or the
     harness could not do its job in one`;

/** The same for `report`. */
export const REPORT_HELP = `
Examples:
  $ leakgate report render report.json --as junit --out junit.xml
  $ leakgate report merge shard-*/report.json --report whole.json`;
