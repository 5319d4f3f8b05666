import { readdirSync, readFileSync } from 'node:fs';
import { nap, nowMs } from '../engine/clock';
import type { Orphan } from '../model/report';

/** Marks every process of a run: children inherit it. */
export const RUN_ID_VARIABLE = 'LEAKGATE_RUN_ID';
/** Marks the processes started while a test file ran, with its path. */
export const TEST_FILE_VARIABLE = 'LEAKGATE_TEST_FILE';

/** Jest's own file watcher: a daemon that outlives every run by design (facebook.github.io/watchman/docs/troubleshooting). */
const WATCHMAN = /^(?:\S*\/)?watchman(?:\s|$)/;

/** Whether processes of a run can be found on this platform: elsewhere nothing tells the environment of a process. */
export const canFindOrphans = process.platform === 'linux';

/** Which of a run's processes are orphans. */
export interface OrphanSearch {
  readonly runId: string;
  /** Processes that are no test's: the runner and its kin. */
  readonly except: ReadonlySet<number>;
  /** Only what was started while a test file ran: set-up and teardown of the whole run may not be over yet. */
  readonly ofTestsOnly: boolean;
}

function readOrphan(pid: number, search: OrphanSearch): Orphan | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    if (!variables.includes(`${RUN_ID_VARIABLE}=${search.runId}`)) return undefined;
    const file = variables
      .find((each) => each.startsWith(`${TEST_FILE_VARIABLE}=`))
      ?.slice(TEST_FILE_VARIABLE.length + 1);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    if ((search.ofTestsOnly && file === undefined) || command === '' || WATCHMAN.test(command)) return undefined;
    return file === undefined ? { pid, command } : { pid, command, file };
  } catch {
    // Gone meanwhile, or another user's: neither is a child of this run.
    return undefined;
  }
}

function look(search: OrphanSearch): Orphan[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && !search.except.has(pid))
    .flatMap((pid) => readOrphan(pid, search) ?? []);
}

/**
 * Processes of the run that are still alive once its runner and workers are gone. One that is just ending is given `graceMs`, which is
 * asked for where there is one. Children that were started with an environment of their own cannot be told from strangers. Linux only.
 */
export async function findOrphans(search: OrphanSearch, graceMs: () => number): Promise<readonly Orphan[]> {
  if (!canFindOrphans) return [];
  let found = look(search);
  if (found.length === 0) return [];
  const deadlineMs = nowMs() + graceMs();
  for (let napMs = 10; found.length > 0 && nowMs() < deadlineMs; napMs *= 2) {
    await nap(Math.min(napMs, 100));
    found = look(search);
  }
  return found;
}
