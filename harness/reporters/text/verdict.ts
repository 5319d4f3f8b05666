import type { Outcome, RunReport } from '../../model/report';

const VERDICTS: Readonly<Record<Outcome, string>> = {
  misused: "leakgate's options are wrong; what they govern was not checked.",
  broken: 'leakgate could not do its job: what it did not check may leak.',
  failed: 'Failed for reasons other than leaks.',
  leaks: 'Tests passed, but they leak.',
  clean: '',
};

/** What came of a run, in a sentence; empty for a clean one. */
export function verdictOf(report: RunReport): string {
  const stale = report.orphans.length === 0 && report.files.every(({ findings }) => findings.length === 0);
  if (report.outcome !== 'leaks' || !stale) return VERDICTS[report.outcome];
  return 'Tests passed, but what is let go is out of date.';
}
