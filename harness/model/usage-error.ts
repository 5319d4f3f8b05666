/** Wrong usage: one sentence that names the place, what was found and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
