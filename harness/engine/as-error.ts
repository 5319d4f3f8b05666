import { types } from 'node:util';

/** What was thrown, as an error: those of the tests' realm are errors too, though not of our class. */
export const asError = (thrown: unknown): Error => (types.isNativeError(thrown) ? thrown : new Error(String(thrown)));
