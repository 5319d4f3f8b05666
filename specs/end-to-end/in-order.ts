/** A sequencer for an inline project: test files by name. */
export const IN_ORDER = `
const Sequencer = require(${JSON.stringify(require.resolve('@jest/test-sequencer'))}).default;
module.exports = class extends Sequencer {
  sort(tests) { return [...tests].sort((a, b) => (a.path < b.path ? -1 : 1)); }
};`;
