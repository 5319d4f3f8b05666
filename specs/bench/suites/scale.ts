/** How much a suite does. These are the full figures; the generator writes a file of its own for quick runs and slow contenders. */
export const scale = {
  /** Tests in each file of the realistic suite. */
  testsPerFile: 40,
  /** Awaits in one measurement. */
  awaits: 1_000_000,
  /** Timers in one measurement. */
  timers: 100_000,
  /** Empty tests in a file. */
  emptyTests: 2_000,
  /** Timers of the memory suite; its heap is read at each quarter. */
  memoryTimers: 1_000_000,
};
