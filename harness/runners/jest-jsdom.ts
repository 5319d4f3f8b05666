import JSDOMEnvironment from 'jest-environment-jsdom';
import { withLeakgate } from './jest';

/** Jest's jsdom environment, gated. Needs `jest-environment-jsdom` in the project. */
const GatedJsdomEnvironment = withLeakgate(JSDOMEnvironment);

export = GatedJsdomEnvironment;
