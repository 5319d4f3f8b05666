import type { Reporter } from '../model/reporter';

/** The whole {@link RunReport} as JSON, versioned. */
const json: Reporter = {
  name: 'json',
  description: 'the report itself, as JSON: every other format can be rendered from it',
  render: (report) => `${JSON.stringify(report, null, 2)}\n`,
};

export default json;
