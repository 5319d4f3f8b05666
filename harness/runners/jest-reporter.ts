/** Placeholder until the summary is written. */
export default class LeakgateReporter {}
