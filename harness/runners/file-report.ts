import type { Options } from '../config';
import type { Session } from '../engine/session';
import type { Finding } from '../model/finding';
import type { Accepted } from '../model/ratchet';
import { type FileReport, type ProbeFailure, REPORT_VERSION } from '../model/report';
import { type CaseEvidence, casesOf } from './jest-cases';
import type { CircusDescribe } from './jest-circus';

/** Everything that is known of a test file once it is over. */
export interface FileEvidence extends CaseEvidence {
  readonly file: string;
  readonly project?: string | undefined;
  readonly place: NonNullable<FileReport['baseline']>;
  readonly options: Options;
  readonly session: Session;
  /** Its outermost block; `undefined` if its modules failed to load. */
  readonly root: CircusDescribe | undefined;
  /** Tests that ran and were judged. */
  readonly tests: number;
  readonly findings: readonly Finding[];
  readonly accepted: readonly Accepted[];
  readonly focused: boolean;
  /** Jest's own list of what went wrong at file level. */
  readonly unhandled: readonly unknown[];
  readonly harnessFailures: readonly ProbeFailure[];
  readonly durationMs: number;
}

/** What a test file has to say. */
export function fileReport(evidence: FileEvidence): FileReport {
  const { session, options, project, root, unhandled, isTheirs } = evidence;
  const cases = root === undefined ? [] : casesOf(root, evidence);
  return {
    version: REPORT_VERSION,
    file: evidence.file,
    ...(project === undefined ? {} : { project }),
    baseline: evidence.place,
    pid: process.pid,
    node: process.version,
    level: options.level,
    tests: evidence.tests,
    cases,
    findings: evidence.findings,
    accepted: evidence.accepted,
    rules: session.exceptions.uses,
    focused: evidence.focused,
    ownFailures: cases.filter(({ status }) => status === 'failed').length,
    errors: {
      leaks: unhandled.filter((error) => !isTheirs(error)).length,
      others: unhandled.filter(isTheirs).length,
    },
    probes: session.probes,
    probeFailures: [...session.failures, ...evidence.harnessFailures],
    cost: session.cost,
    durationMs: evidence.durationMs,
  };
}
