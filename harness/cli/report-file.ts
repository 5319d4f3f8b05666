import { readFileSync } from 'node:fs';
import { REPORT_VERSION, type RunReport } from '../model/report';
import { grouped } from '../model/sentence';
import { ownVersion } from '../runners/versions';

/** A report that cannot be read or written: the gate's own failure, in one sentence, and red. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

function textOf(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new ReportError(
        `There is no report at ${shown}: the run that was to write it did not get that far, or wrote elsewhere.`,
      );
    }
    if (code === 'EISDIR') throw new ReportError(`${shown} is a folder; a report is a file.`);
    throw new ReportError(`The report ${shown} cannot be read: ${message}.`);
  }
}

/** JSON that ends before it should: nothing of ours ends but in a brace, and what is wrong stands at the very end. */
function isCut(text: string, error: Error): boolean {
  const end = text.trimEnd();
  const [, position] = /at position (\d+)/.exec(error.message) ?? [];
  return (
    /^\s*\{/.test(text) &&
    (!end.endsWith('}') ||
      /end of JSON input/i.test(error.message) ||
      (position !== undefined && Number(position) >= end.length))
  );
}

function parsed(text: string, shown: string): unknown {
  if (text.trim() === '')
    throw new ReportError(`The report ${shown} is empty: the run that was to write it was cut short.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (isCut(text, error as Error)) {
      throw new ReportError(
        `The report ${shown} is cut in the middle, after ${grouped(text.length)} characters: it was not written, or not copied, to its end.`,
      );
    }
    throw new ReportError(`${shown} is no report: it is no JSON (${(error as Error).message}).`);
  }
}

/**
 * Reads a report and makes sure that it is one.
 * @param shown how its path is to be called in a sentence
 * @throws {ReportError} if it is missing, empty, cut in the middle, of a version that is not ours, or malformed
 */
export function readReport(path: string, shown = path): RunReport {
  const value = parsed(textOf(path, shown), shown);
  const { version, versions } = (value ?? {}) as { version?: unknown; versions?: { leakgate?: unknown } };
  if (typeof version !== 'number') throw new ReportError(`${shown} is no report of leakgate's: it has no version.`);
  if (version !== REPORT_VERSION) {
    const [by] = Array.isArray(versions?.leakgate) ? (versions.leakgate as unknown[]) : [];
    throw new ReportError(
      `The report ${shown} is of version ${version}, and leakgate ${ownVersion} reads version ${REPORT_VERSION} only: read it with the leakgate that wrote it${typeof by === 'string' ? ` (${by})` : ''}, or run again.`,
    );
  }
  // Only now: its library is for those who read reports.
  const { faultOf } = require('../report-schema') as typeof import('../report-schema');
  const fault = faultOf(value);
  if (fault !== undefined) throw new ReportError(`The report ${shown} is malformed: ${fault}.`);
  return value as RunReport;
}
