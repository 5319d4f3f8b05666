import type { RunReport } from './report';

/** How a report is to look. */
export interface Rendering {
  /** Whether the reader sees colours. */
  readonly colors: boolean;
  /** Paths are shown relative to it. */
  readonly rootDir: string;
}

/** One format of a run's report. Pure: the same report gives the same text. */
export interface Reporter {
  readonly name: string;
  render(report: RunReport, rendering: Rendering): string;
}
