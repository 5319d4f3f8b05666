import type { Reporter } from '../model/reporter';
import { sarifLog } from './sarif/log';

/** SARIF 2.1.0: a result for every distinct leak at its opening line, for what is let go, and for every exception that is out of date. */
const sarif: Reporter = {
  name: 'sarif',
  description: 'SARIF 2.1.0: a leak at the line that opened it, what is let go as suppressed',
  render: (report, { base }) => sarifLog(report, { base, suppressed: true }),
};

export default sarif;
