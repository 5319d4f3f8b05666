import type { Reporter } from '../model/reporter';
import { sarifLog } from './sarif/log';

/** GitHub refuses a run of more results, and shows the first 5,000 (docs.github.com, "SARIF support for code scanning"). */
const MOST_RESULTS = 25_000;

/**
 * The same without what is let go: GitHub's code scanning knows no suppressions, and would show each as an open alert
 * (github/codeql-action#1230).
 */
const codeScanning: Reporter = {
  name: 'code-scanning',
  description: "SARIF for GitHub's code scanning, which knows no suppressions: what is let go is left out",
  render: (report, { base }) => sarifLog(report, { base, suppressed: false, most: MOST_RESULTS }),
};

export default codeScanning;
