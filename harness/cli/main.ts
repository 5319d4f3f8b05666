#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { UsageError } from '../config';
import { ownVersion } from '../runners/versions';
import { EXIT_CODES } from './exit-code';
import { withOutputs } from './outputs';
import { addReport } from './report-command';
import { ReportError } from './report-file';
import { type RunFlags, run } from './run';

const EXIT_HELP = `
Exit codes:
  0  clean
  1  failed for reasons other than leaks
  2  wrong usage
  3  leaks, and tests otherwise green
  4  the harness could not do its job: a file that was not checked, a lost process, a report cut short`;

const RUN_HELP = `
Examples:
  $ leakgate run -- jest                             every test of the project, under the gate
  $ leakgate run -- npx jest --ci src/checkout       Jest's own flags and patterns come after it
  $ leakgate run --level trace -- jest -t 'retries'  every stack captured, for a leak without a line
  $ leakgate run --report leaks.json --junit junit.xml --sarif leaks.sarif -- jest
  $ leakgate run --report report.json -- jest --ci --shard=1/4   one part of four; see leakgate report merge --help
  $ leakgate run -- node --experimental-vm-modules node_modules/jest/bin/jest.js
${EXIT_HELP}`;

const MAIN_HELP = `
Examples:
  $ leakgate run -- jest --ci     gate a project without touching its configuration
  $ leakgate run --help           all about it
  $ leakgate report --help        its reports, and the shards of a run
${EXIT_HELP}`;

function program(setCode: (code: number) => void): Command {
  const main = new Command('leakgate')
    .description('Fails the Jest test that leaks: every test answers for what it leaves behind.')
    .version(ownVersion)
    .addHelpText('after', MAIN_HELP)
    .showSuggestionAfterError()
    .exitOverride();
  withOutputs(
    main
      .command('run')
      .description('Run Jest under the gate, whatever its configuration says.')
      .usage('[options] -- jest [Jest flags]')
      .argument('[command...]', 'Jest and its flags: jest, npx jest, yarn jest, a path to jest.js, node … jest.js')
      .option('--level <level>', 'off, gate (default), trace: every stack, paranoid: a collection after every test too')
      .option('--grace-ms <ms>', 'how long a suspect may take to close after its teardown (default 500)')
      .option('--leftovers <what>', 'release (default): what was reported is closed; keep: it is left as it is')
      .option('--run-id <id>', 'what the shards of one run share, where no CI service says it')
      .option('--why', 'load why-is-node-running, and print its list if Jest or a worker does not exit'),
  )
    .addHelpText('after', RUN_HELP)
    .exitOverride()
    .action(async (words: string[], flags: RunFlags) => {
      setCode(await run(words, flags, process.cwd()));
    });
  addReport(main, setCode);
  return main;
}

async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT_CODES.clean;
  try {
    await program((decided) => {
      code = decided;
    }).parseAsync(argv as string[], { from: 'user' });
  } catch (error) {
    // Commander has said it already: help, or what is wrong with the command line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.clean : EXIT_CODES.misused;
    if (error instanceof ReportError) {
      process.stderr.write(`leakgate: ${error.message}\n`);
      return EXIT_CODES.broken;
    }
    if (error instanceof UsageError) {
      process.stderr.write(`leakgate: ${error.message}\n`);
      return EXIT_CODES.misused;
    }
    process.stderr.write(
      `leakgate could not do its job: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`,
    );
    return EXIT_CODES.broken;
  }
  return code;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
