import type { Reporter } from '../model/reporter';

/** The whole {@link RunReport} as JSON, versioned. */
const json: Reporter = {
  name: 'json',
  render: (report) => `${JSON.stringify(report, null, 2)}\n`,
};

export default json;
