import type { Command } from 'commander';
import { type OutputFlags, reporters, withOutputs } from './outputs';
import { merge, type RenderFlags, render } from './report';

const RENDER_HELP = (): string => `
Formats:
${reporters()
  .map(({ name, description }) => `  ${name.padEnd(9)} ${description}`)
  .join('\n')}

Examples:
  $ leakgate report render report.json --as terminal
  $ leakgate report render report.json --as junit --out junit.xml
  $ leakgate report render report.json --as github                   in a job of GitHub Actions: annotations
  $ leakgate report render report.json --as markdown >> "$GITHUB_STEP_SUMMARY"

Exit codes:
  0  rendered, whatever the report says
  2  wrong usage
  4  the report is missing, empty, cut in the middle, of another version or malformed; or the file cannot be written`;

const MERGE_HELP = `
Every shard must be there once, whole, of the same run and the same commit. On GitHub, GitLab, CircleCI, Buildkite, Azure,
Bitbucket and Semaphore the run is known; elsewhere give the shards of one run the same \`leakgate run --run-id\`.

Examples:
  $ leakgate run --report report.json -- jest --ci --shard=1/4       on each of four machines
  $ leakgate report merge shard-*/report.json                        on a fifth one, with the four reports
  $ leakgate report merge shard-*/report.json --report whole.json --junit junit.xml

Exit codes:
  0  clean
  1  failed for reasons other than leaks
  2  wrong usage
  3  leaks, rules that nothing needs, and tests otherwise green
  4  a shard is missing, there twice, cut short, or of another run; or the harness could not do its job in one`;

const REPORT_HELP = `
Examples:
  $ leakgate report render report.json --as junit --out junit.xml
  $ leakgate report merge shard-*/report.json --report whole.json`;

/** Adds \`leakgate report\` and what is beneath it. */
export function addReport(main: Command, setCode: (code: number) => void): void {
  const report = main
    .command('report')
    .description('Read reports: render one in another format, or put the shards of a run together.')
    .addHelpText('after', REPORT_HELP)
    .exitOverride();
  report
    .command('render')
    .description('Render a report in another format.')
    .argument('<report>', 'what `leakgate run --report` or `leakgate report merge --report` wrote')
    .requiredOption(
      '--as <format>',
      `one of ${reporters()
        .map(({ name }) => name)
        .join(', ')}`,
    )
    .option('--out <file>', 'where to write it (default: standard output)')
    .option('--base <folder>', "where the report's paths start in the repository (default: where this folder is in it)")
    .option('--allow-outside', 'let the file be outside of the project, too')
    .addHelpText('after', RENDER_HELP)
    .exitOverride()
    .action((file: string, flags: RenderFlags) => setCode(render(file, flags, process.cwd())));
  withOutputs(
    report
      .command('merge')
      .description('Put the shards of a run together, make sure that none is missing, and judge the whole.')
      .argument('<reports...>', 'one report a shard'),
  )
    .addHelpText('after', MERGE_HELP)
    .exitOverride()
    .action((files: string[], flags: OutputFlags) => setCode(merge(files, flags, process.cwd())));
}
