/** What `leakgate.repeat` throws: its message is a table of what grows with every run. */
export class GrowthError extends Error {
  override readonly name = 'GrowthError';
}
