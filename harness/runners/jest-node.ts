import type JestEnvironmentNode from 'jest-environment-node';
import { withLeakgate } from './jest';
import { fromRunningJest } from './running-jest';

const { TestEnvironment } = fromRunningJest('jest-environment-node') as {
  readonly TestEnvironment: typeof JestEnvironmentNode;
};

/** Jest's node environment, gated. */
const GatedNodeEnvironment = withLeakgate(TestEnvironment);

export = GatedNodeEnvironment;
