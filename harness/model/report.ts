import type { Finding } from './finding';

/** Version of the report's shape. Readers refuse any other. */
export const REPORT_VERSION = 1;

/** A probe that could not do its job, and why. */
export interface ProbeFailure {
  readonly probe: string;
  readonly why: string;
}

/** What the harness itself cost in one test file, in milliseconds. */
export interface Cost {
  /** Patching, baselines and hooks at the start of the file. */
  readonly setupMs: number;
  /** Looking, settling and judging. Waiting for a suspect to close is in here. */
  readonly judgingMs: number;
  /** How many async resources were recorded. */
  readonly recorded: number;
  /** How many stacks were captured. */
  readonly stacks: number;
}

/** What one test file had to say. */
export interface FileReport {
  readonly version: typeof REPORT_VERSION;
  /** Absolute path of the test file. */
  readonly file: string;
  readonly pid: number;
  readonly node: string;
  readonly level: string;
  /** Tests that ran and were judged. */
  readonly tests: number;
  readonly findings: readonly Finding[];
  /** Findings that an allowance covered. */
  readonly allowed: number;
  /** Reasons of the configured allowances that matched in this file. */
  readonly usedAllowances: readonly string[];
  readonly probes: readonly string[];
  readonly probeFailures: readonly ProbeFailure[];
  readonly cost: Cost;
}

/** A test file's way through the harness: begun, then finished with its report. A file that never finishes is red. */
export type FileState =
  | { readonly state: 'begun'; readonly file: string; readonly pid: number }
  | { readonly state: 'finished'; readonly report: FileReport };
