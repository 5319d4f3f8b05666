import type { Options } from '../config';
import type { BaselineEntry } from '../model/baseline';
import type { FileReport } from '../model/report';
import type { PlacedRule } from '../model/rule';

/** What an account of one test file needs. */
export interface JestAccountOptions {
  readonly file: string;
  readonly rootDir: string;
  /** The sandbox's global object. */
  readonly global: Record<PropertyKey, unknown>;
  /** Jest's own list, to which the hand-over is added until it has run. */
  readonly setupFiles: readonly string[];
  readonly options: Options;
  readonly rules: readonly PlacedRule[];
  /** What the project's baseline has for the file. */
  readonly baseline: readonly BaselineEntry[];
  /** That baseline, and the file's name in it. */
  readonly place: NonNullable<FileReport['baseline']>;
  /** Restores what the environment's mocks stand for. */
  readonly letGoOfMocks?: () => void;
  /** The Jest project's `displayName`. */
  readonly project?: string | undefined;
}
