import type { Frame } from '../../model/frame';
import type { Outcome } from '../../model/report';
import type { Thing } from '../../model/resource';
import type { RetainerPath } from '../../model/retainer-path';
import type { TimelineEvent } from '../../model/test-case';

/** Why a cause fails nothing, or that it does. */
export type Status = 'failing' | 'allow' | 'known' | 'baseline';

/** One finding of a cause: which test, and what it left. */
export interface Occurrence {
  /** `Suite › test`; empty for the file itself. */
  readonly test: string;
  readonly file: string;
  /** The hook it was opened in. */
  readonly hook?: string;
  readonly count: number;
  readonly message: string;
  readonly root: Thing;
  readonly openedAt?: Frame;
  readonly trace: readonly Frame[];
  readonly closedAt?: Frame;
  readonly leftAt?: Frame;
  readonly path?: RetainerPath;
  readonly timeline?: readonly TimelineEvent[];
}

/** Findings with one fingerprint: one thing to mend. */
export interface Cause {
  readonly fingerprint: string;
  readonly kind: string;
  readonly status: Status;
  /** The rule's, where it fails nothing. */
  readonly reason?: string;
  /** `TCP server`. */
  readonly noun: string;
  /** How many resources, in all. */
  readonly count: number;
  /** Where it was opened, each place once, most frequent first. Lines move, and a fingerprint stays: there may be several. */
  readonly places: readonly string[];
  /** The package whose code opened it, or whose defect it is. */
  readonly package?: string;
  readonly isLibrarys: boolean;
  readonly occurrences: readonly Occurrence[];
}

/** What the gate spent on one test file. Times are milliseconds. */
export interface FileRow {
  readonly file: string;
  readonly tests: number;
  readonly leaks: number;
  readonly durationMs: number;
  readonly setupMs: number;
  readonly judgingMs: number;
  readonly waitedMs: number;
  readonly recorded: number;
  readonly stacks: number;
}

/** A list of sentences under a heading; not shown where empty. */
export interface Notice {
  readonly title: string;
  readonly lines: readonly string[];
  readonly bad: boolean;
}

/** All the page shows. */
export interface PageData {
  readonly outcome: Outcome;
  /** ISO 8601. */
  readonly endedAt: string;
  readonly tests: number;
  readonly causes: readonly Cause[];
  readonly files: readonly FileRow[];
  /** Names and values: versions, platform, run, commit. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly notices: readonly Notice[];
}
