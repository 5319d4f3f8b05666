import { resolve } from 'node:path';
import { UsageError } from '../config';
import { mergeReports, type Part } from '../model/merge-reports';
import terminal from '../reporters/terminal';
import { wantsColors } from '../runners/colors';
import { EXIT_CODES } from './exit-code';
import {
  baseOf,
  type OutputFlags,
  outputPath,
  outputsOf,
  reporters,
  STANDARD_OUTPUT,
  writeOutputs,
  writeText,
} from './outputs';
import { ReportError, readReport } from './report-file';

/** The options of `leakgate report render`, as typed. */
export interface RenderFlags {
  readonly as: string;
  readonly out?: string;
  readonly base?: string;
  readonly allowOutside?: boolean;
}

/**
 * `leakgate report render`: a report in another format. It judges nothing: what came of the run is no matter of its exit code.
 * @returns the exit code
 * @throws {UsageError} for a format there is not, or a file that must not be written
 * @throws {ReportError} if the report cannot be read, or the format not be written
 */
export function render(file: string, flags: RenderFlags, cwd: string): number {
  const all = reporters();
  const reporter = all.find(({ name }) => name === flags.as);
  if (reporter === undefined) {
    throw new UsageError(`The option --as must be ${all.map(({ name }) => name).join(', ')}; found "${flags.as}".`);
  }
  const out = flags.out ?? STANDARD_OUTPUT;
  const path = out === STANDARD_OUTPUT ? out : outputPath('--out', out, cwd, flags.allowOutside === true);
  if (path === resolve(cwd, file)) {
    throw new UsageError(`The option --out names ${path}, the very report that is read; name another file.`);
  }
  const report = readReport(resolve(cwd, file), file);
  const colors = path === STANDARD_OUTPUT && wantsColors(process.stdout, process.env);
  const text = reporter.render(report, { colors, base: flags.base ?? baseOf(cwd) });
  if (path === STANDARD_OUTPUT) process.stdout.write(text);
  else writeText(path, text);
  return EXIT_CODES.clean;
}

/**
 * `leakgate report merge`: the shards of a run put together, and judged as one.
 * @returns the exit code of the whole run
 * @throws {UsageError} for a file that must not be written
 * @throws {ReportError} if not one of the reports can be read, or a format not be written
 */
export function merge(files: readonly string[], flags: OutputFlags, cwd: string): number {
  const outputs = outputsOf(flags, cwd);
  const read = new Set(files.map((file) => resolve(cwd, file)));
  const over = outputs.find(({ path }) => read.has(path));
  if (over !== undefined)
    throw new UsageError(`${over.path} is one of the reports to be merged; write the whole elsewhere.`);
  const parts: Part[] = [];
  const lost: string[] = [];
  for (const place of files) {
    try {
      parts.push({ place, report: readReport(resolve(cwd, place), place) });
    } catch (error) {
      if (!(error instanceof ReportError)) throw error;
      lost.push(error.message);
    }
  }
  const [first, ...others] = parts;
  if (first === undefined) throw new ReportError(lost.join('\n'));
  const report = mergeReports([first, ...others], lost);
  const colors = wantsColors(process.stderr, process.env);
  process.stderr.write(terminal.render(report, { colors, base: '' }));
  writeOutputs(outputs, report, baseOf(cwd));
  return EXIT_CODES[report.outcome];
}
