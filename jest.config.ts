/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  // Most of a spec's time goes by in a Jest of its own: with the default, one less than the cores, two cores would work as one.
  maxWorkers: 2,
  testMatch: ['<rootDir>/specs/**/*.spec.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
  // The harness watches its own specs.
  testEnvironment: '<rootDir>/dist/runners/jest-node.js',
  modulePathIgnorePatterns: ['<rootDir>/dist/package.json'],
};

export default config;
