/**
 * `preset: 'leakgate'`: every test file runs in the gate's environment, and the run ends with its summary.
 * A `testEnvironment` or `reporters` of the project's own takes the place of these.
 */
const preset = {
  testEnvironment: require.resolve('./jest-node'),
  reporters: ['default', require.resolve('./jest-reporter')],
};

export = preset;
