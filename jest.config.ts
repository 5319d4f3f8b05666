/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  testMatch: ['<rootDir>/specs/**/*.spec.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
  // The harness watches its own specs.
  testEnvironment: '<rootDir>/dist/runners/jest-node.js',
  modulePathIgnorePatterns: ['<rootDir>/dist/package.json'],
};

export default config;
