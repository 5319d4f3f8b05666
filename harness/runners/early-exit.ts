import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const { process } = globalThis;

/** jest-worker's own script: a process Jest started to run test files in. */
const WORKER_SCRIPT = /[\\/]jest-worker[\\/].*processChild\.js$/;

const isJestWorker = (): boolean => !isMainThread || WORKER_SCRIPT.test(process.argv[1] ?? '');

/**
 * Makes sure that a process that ends in the middle of a test file does not look like a pass: says so and, where nobody else
 * would, fails the run. In a worker Jest does: a worker that ends with code 0 fails its file, with any other it would be started
 * again and again (`_onExit` in jest-worker).
 * @returns ends the watch, to be called when the file's accounts are closed
 */
export function watchForEarlyExit(file: string): () => void {
  const exitedEarly = (): void => {
    process.stderr.write(
      `\nleakgate: the process ended in the middle of ${basename(file)} (was process.exit called in a test, or did one of its \`setupFiles\` fail?); its tests were not judged, so the run fails.\n`,
    );
    if (!isJestWorker() && (process.exitCode === undefined || process.exitCode === 0)) process.exitCode = 1;
  };
  process.on('exit', exitedEarly);
  return () => {
    process.off('exit', exitedEarly);
  };
}
