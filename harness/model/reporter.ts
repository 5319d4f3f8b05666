import type { RunReport } from './report';

/** How a report is to look. */
export interface Rendering {
  /** Whether the reader sees colours. */
  readonly colors: boolean;
  /**
   * Where the report's paths start, as the reader of the format sees it: the run's folder relative to the repository's top, with
   * forward slashes. Empty if that is the top itself.
   */
  readonly base: string;
}

/** One format of a run's report. Pure: the same report gives the same text. */
export interface Reporter {
  /** What `--as` calls it. */
  readonly name: string;
  /** What it is, for `--help`, ready to follow "write". */
  readonly description: string;
  render(report: RunReport, rendering: Rendering): string;
}
