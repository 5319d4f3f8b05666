/** The part of Jest's results that the gate reads. Public in `@jest/test-result`, which projects need not have. */
export interface JestResults {
  readonly testResults: readonly JestFileResult[];
  readonly wasInterrupted?: boolean;
}

/** One test file of Jest's results. */
export interface JestFileResult {
  readonly testFilePath: string;
  readonly numFailingTests: number;
  readonly numPassingTests: number;
  readonly testExecError?: unknown;
}

/** What became of one test file, as far as the gate cares. */
export interface FileOutcome {
  readonly file: string;
  /** Tests that ran, passed or failed. */
  readonly ran: number;
  /** Something went wrong at file level: its modules, an `afterAll`, or a leak that belongs to no single test. */
  readonly execError: boolean;
}

/** What became of a run. */
export interface RunOutcome {
  readonly files: readonly FileOutcome[];
  readonly interrupted: boolean;
}

/** Jest's results, reduced to what the gate's own books are checked against. */
export function runOutcome(results: JestResults): RunOutcome {
  return {
    files: results.testResults.map(({ testFilePath, numFailingTests, numPassingTests, testExecError }) => ({
      file: testFilePath,
      ran: numFailingTests + numPassingTests,
      execError: testExecError !== undefined && testExecError !== null,
    })),
    interrupted: results.wasInterrupted === true,
  };
}
