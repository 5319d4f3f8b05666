import type { Reporter } from '../model/reporter';
import { sarifLog } from './sarif/log';

/**
 * The same without what is let go: GitHub's code scanning knows no suppressions, and would show each as an open alert
 * (github/codeql-action#1230).
 */
const codeScanning: Reporter = {
  name: 'code-scanning',
  description: "SARIF for GitHub's code scanning, which knows no suppressions: what is let go is left out",
  render: (report, { base }) => sarifLog(report, { base, suppressed: false }),
};

export default codeScanning;
