import type { Command } from 'commander';
import { MERGE_HELP, REPORT_HELP, renderHelp } from './help-texts';
import { type OutputFlags, reporters, withOutputs } from './outputs';
import { merge, type RenderFlags, render } from './report';

/** Adds `leakgate report` and what is beneath it. */
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
    .addHelpText('after', renderHelp)
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
