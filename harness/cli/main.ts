#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { UsageError } from '../config';
import { ownVersion } from '../runners/versions';
import { type BaselineFlags, pruneBaseline, writeBaseline } from './baseline';
import { EXIT_CODES } from './exit-code';
import { type ExplainFlags, explain } from './explain';
import { BASELINE_HELP, EXPLAIN_HELP, INIT_HELP, MAIN_HELP, RUN_HELP } from './help-texts';
import { init } from './init';
import { withOutputs } from './outputs';
import { addReport } from './report-command';
import { ReportError } from './report-file';
import { type RunFlags, run } from './run';

const OWN_COMMAND = 'Jest and its flags (default: as the `test` script of package.json starts it)';

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
      .option(
        '--retention <what>',
        'closed (default): what tests close must be collected; asked: only what they ask about',
      )
      .option('--run-id <id>', 'what the shards of one run share, where no CI service says it')
      .option(
        '--ci',
        "leaks that are mended must have left the baseline (as with Jest's own --ci, and wherever Jest sees a CI)",
      )
      .option('--why', 'load why-is-node-running, and print its list if Jest or a worker does not exit'),
  )
    .addHelpText('after', RUN_HELP)
    .exitOverride()
    .action(async (words: string[], flags: RunFlags) => {
      setCode(await run(words, flags, process.cwd()));
    });
  main
    .command('init')
    .description('Set a project up: the gate in the Jest configuration, a first baseline, the lines for CI.')
    .usage('[-- jest [Jest flags]]')
    .argument('[command...]', OWN_COMMAND)
    .addHelpText('after', INIT_HELP)
    .exitOverride()
    .action(async (words: string[]) => {
      setCode(await init(words, process.cwd()));
    });
  addBaseline(main, setCode);
  main
    .command('explain')
    .description('Tell everything known of one leak, by the last report, the baseline and the configuration.')
    .argument('<fingerprint>', 'as the summary prints it, or its beginning')
    .option('--report <file>', "by this report, instead of the last run's")
    .addHelpText('after', EXPLAIN_HELP)
    .exitOverride()
    .action((fingerprint: string, flags: ExplainFlags) => {
      setCode(explain(fingerprint, flags, process.cwd()));
    });
  addReport(main, setCode);
  return main;
}

/** A command of its own reads its own `--help`, and Jest's flags after `--`. */
function addBaseline(main: Command, setCode: (code: number) => void): void {
  const baseline = main
    .command('baseline')
    .description('Keep the leaks there are today in a file that only ever gets shorter; new ones fail.')
    .addHelpText('after', BASELINE_HELP)
    .exitOverride();
  const commands = { write: writeBaseline, prune: pruneBaseline } as const;
  const descriptions = {
    write: 'Record what leaks today, if there is no baseline yet; else replace lines of leaks that were renamed.',
    prune: 'Take out what is mended.',
  } as const;
  for (const name of ['write', 'prune'] as const) {
    baseline
      .command(name)
      .description(descriptions[name])
      .usage('[options] [-- jest [Jest flags]]')
      .argument('[command...]', OWN_COMMAND)
      .option('--report <file>', 'go by this report of a whole run, and run nothing')
      .addHelpText('after', BASELINE_HELP)
      .exitOverride()
      .action(async (words: string[], flags: BaselineFlags) => {
        setCode(await commands[name](words, flags, process.cwd()));
      });
  }
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

let ended = false;
/** What was to be printed is not, and nobody has asked for less of it. */
let lost = false;

// Whoever reads may have read enough (`| head`); a disk may be full, too.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || lost) return;
    lost = true;
    process.exitCode = EXIT_CODES.broken;
    if (stream === process.stdout) process.stderr.write(`leakgate: What it prints cannot be written: ${message}.\n`);
  });
}

// Whoever ends the process before the gate has come to its verdict (code that it loads, an await that nothing is left to answer) would
// end it green.
process.on('exit', (code) => {
  if (ended || code !== EXIT_CODES.clean) return;
  process.stderr.write('leakgate could not do its job: its process was ended before it had come to a verdict.\n');
  process.exitCode = EXIT_CODES.broken;
});

void main(process.argv.slice(2)).then((code) => {
  ended = true;
  process.exitCode = lost ? EXIT_CODES.broken : code;
});
