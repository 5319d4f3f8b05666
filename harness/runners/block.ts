import { AsyncLocalStorage } from 'node:async_hooks';
import { mergeOptions, type OptionSource, type Options, placedRules } from '../config';
import { NO_BASELINE } from '../engine/known-leaks';
import { OpeningCamera } from '../engine/opening';
import { Session } from '../engine/session';
import type { Finding } from '../model/finding';
import { asWritten } from './as-written';
import { openGate } from './gate';
import { jestFiles } from './jest-files';
import { judgingOptions } from './judging-options';
import { plugIns } from './plug-ins';
import { sourceMapper } from './source-maps';

const inBlock = new AsyncLocalStorage<true>();
let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs `fn` and says what it left open: what descends from the call is watched, by asynchronous context, and nothing else in
 * the process. Blocks run one after the other, for probes patch and restore; a nested one runs within its own.
 * @param caller frames above it are ours
 * @throws whatever `fn` throws; {@link UsageError} for a wrong option
 */
export async function leaksOf(
  fn: () => unknown,
  options: Partial<Options>,
  caller: (...args: never[]) => unknown,
): Promise<readonly Finding[]> {
  const source: OptionSource = { place: 'The options of findLeaks', value: options };
  const merged = mergeOptions([source]);
  const file = new OpeningCamera(jestFiles).take(caller, 'near')?.frames[0]?.file ?? process.cwd();
  const run = (): Promise<readonly Finding[]> => inBlock.run(true, () => watch(fn, merged, source, file));
  if (inBlock.getStore() === true) return run();
  const result = queue.then(run);
  queue = result.catch(() => {});
  return result;
}

async function watch(
  fn: () => unknown,
  options: Options,
  source: OptionSource,
  file: string,
): Promise<readonly Finding[]> {
  if (options.level === 'off') {
    await fn();
    return [];
  }
  const session = new Session({
    file,
    rootDir: process.cwd(),
    realm: {
      global: globalThis as unknown as Record<PropertyKey, unknown>,
      modules: () => Object.keys(require.cache),
      exportsOf: (path) => require.cache[path]?.exports,
    },
    classifier: jestFiles,
    ...plugIns(),
    ...judgingOptions(options),
    exceptions: { rules: placedRules([source], process.cwd()), baseline: NO_BASELINE },
    onlyLineage: true,
  });
  const mapped = sourceMapper();
  session.start();
  session.loaded();
  const close = openGate(session);
  const block = session.enter('block', fn.name, session.file);
  let rulings: Awaited<ReturnType<Session['finish']>> = [];
  try {
    await session.run(block, fn);
  } finally {
    close();
    rulings = [...(await session.leave(block)), ...(await session.finish())];
  }
  const [failure] = session.failures;
  if (failure !== undefined)
    throw new Error(`leakgate could not do its job: the ${failure.probe} probe: ${failure.why}`);
  return rulings.map(({ finding }) => asWritten(finding, mapped, process.cwd()));
}
