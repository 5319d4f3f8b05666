import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asError } from '../engine/as-error';
import { collectUntil } from '../engine/gc';
import { OWN_FOLDER } from '../engine/own-folder';
import { type Frame, normalizePath } from '../model/frame';
import { indented } from '../model/sentence';
import { processState } from './process-state';
import { ownRunFolder } from './run-folder';
import { writeWhole } from './write-whole';

const setTimeoutNow = globalThis.setTimeout;
const setIntervalNow = globalThis.setInterval;
const clearIntervalNow = globalThis.clearInterval;

const url = (): string => pathToFileURL(require.resolve('why-is-node-running')).href;

/** Flags of Node that load why-is-node-running before anything else does, in Jest's workers too. */
export const whyArgs = (): string[] => [`--import=${url()}`];

/** Why the process that says so is still up, by why-is-node-running. */
export interface Opinion {
  /** Its own words. */
  readonly list: string;
  /** What it knows a line of the user's for, and no finding names. */
  readonly unexplained: readonly string[];
}

/** Remembers the lines that findings of this process have named. Frames as V8 gave them: no source maps. */
export function explain(trace: readonly Frame[]): void {
  for (const { file, line } of trace) processState.explained.add(`${file}:${line}`);
}

/** Whether it watches this process. */
const hasSecondOpinion = (): boolean => processState.whyIsLoaded || process.execArgv.includes(whyArgs()[0] ?? '');

const LOCATION = /^(\S.*?):(\d+)(?:\s+-.*)?$/;

const isForeign = (path: string): boolean =>
  path.includes('node_modules') || normalizePath(path).startsWith(OWN_FOLDER);

/** One entry of the list: `# Timeout`, then `path:line - code`, innermost first. Without a line of the user's it proves nothing. */
function unexplainedIn(entry: string): string[] {
  const [title = '', ...lines] = entry.split('\n');
  const places = lines.flatMap((line) => {
    const [, path, number = ''] = LOCATION.exec(line.trim()) ?? [];
    return path === undefined || isForeign(path) ? [] : [`${resolve(path)}:${number}`];
  });
  const [first] = places;
  return first === undefined || places.some((place) => processState.explained.has(place))
    ? []
    : [`${title.slice(2)} at ${first}`];
}

const COLLECTIONS = 2;

/** Asks for its list. Once in a process: it stops recording then. */
async function secondOpinion(): Promise<Opinion> {
  // Its records go when objects are destroyed, and many are only with the next collection.
  let rounds = 0;
  await collectUntil(() => ++rounds > COLLECTIONS);
  const { default: whyIsNodeRunning } = await import('why-is-node-running');
  const lines: string[] = [];
  whyIsNodeRunning({ error: (line: string) => lines.push(line) });
  const list = lines.join('\n');
  const entries = list.split(/\n\n(?=# )/).slice(1);
  return { list, unexplained: [...new Set(entries.flatMap(unexplainedIn))] };
}

/** Of what nobody awaits: the opinion is a courtesy, and a process that fails to give one ends as it would have. */
const tellFailure = (error: unknown): void => {
  process.stderr.write(`leakgate: no second opinion: ${asError(error).message}\n`);
};

/**
 * Once the run is over: if the process is still up `afterMs` later, says what holds it, or how to learn that. The timer is unref'd:
 * that it fires at all is the evidence.
 */
export function explainLingering(afterMs: number): void {
  const say = async (): Promise<void> => {
    if (!hasSecondOpinion()) {
      process.stderr.write(
        '\nleakgate: something outside the tests, or never closed, keeps Jest running. Run again with `leakgate run --why -- jest …` to see what.\n',
      );
      return;
    }
    const { list, unexplained } = await secondOpinion();
    const verdict =
      unexplained.length === 0
        ? ''
        : `No finding names ${unexplained.join(', ')}: opened outside of any test file (in \`globalSetup\`?), or else a defect of leakgate.\n`;
    process.stderr.write(
      `\nleakgate: Jest does not exit. A second opinion, by why-is-node-running:\n\n${indented(list)}\n${verdict}`,
    );
  };
  setTimeoutNow(() => void say().catch(tellFailure), afterMs).unref();
}

const EVERY_MS = 50;
const EXIT_BY_SIGTERM = 128 + constants.signals.SIGTERM;
let supervised = false;

/**
 * In a worker: once Jest has said goodbye (it stops listening then) and the process is still up, leaves a second opinion in the
 * run's folder, before Jest kills the worker. A worker that does exit, however late, takes it back. Unref'd, like the above.
 */
function superviseWorker(folder: string): void {
  if (supervised || process.send === undefined) return;
  supervised = true;
  const path = join(folder, `opinion-${process.pid}`);
  const timer = setIntervalNow(() => {
    if (process.listenerCount('message') > 0) return;
    clearIntervalNow(timer);
    const said = secondOpinion()
      .then((opinion) => writeWhole(path, JSON.stringify(opinion)))
      .catch(tellFailure);
    const takeBack = (): void => rmSync(path, { force: true });
    process.once('exit', takeBack);
    // Jest's patience is half a second, and a busy machine needs longer: the first signal waits for the answer.
    process.once('SIGTERM', () => {
      process.off('exit', takeBack);
      void said.finally(() => process.exit(EXIT_BY_SIGTERM));
    });
  }, EVERY_MS);
  timer.unref();
}

/**
 * Before a test file: at a thorough level why-is-node-running is loaded, unless it was from the start. It records with a `destroy`
 * hook and a stack for everything, which is too dear for `gate`.
 */
export async function consultSecondOpinion(thorough: boolean): Promise<void> {
  if (thorough && !hasSecondOpinion()) {
    processState.whyIsLoaded = true;
    await import('why-is-node-running');
  }
  const folder = ownRunFolder();
  if (folder !== undefined && hasSecondOpinion()) superviseWorker(folder);
}

/** The opinions that workers left. */
export function readOpinions(folder: string): readonly Opinion[] {
  return readdirSync(folder)
    .filter((name) => /^opinion-\d+$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Opinion);
}
