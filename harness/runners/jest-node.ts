import { TestEnvironment } from 'jest-environment-node';
import { withLeakgate } from './jest';

/** Jest's node environment, gated. */
const GatedNodeEnvironment = withLeakgate(TestEnvironment);

export default GatedNodeEnvironment;
export { GatedNodeEnvironment as TestEnvironment };
