import type { Options } from '../config';
import { collectThoroughly } from '../engine/gc';
import type { Session } from '../engine/session';
import type { Ruling } from '../engine/verdicts';
import type { Finding } from '../model/finding';
import type { Frame } from '../model/frame';
import { sayGrowth } from '../model/growth';
import { drawPath, memory } from '../model/retainer-path';
import { spot } from '../model/sentence';
import { UsageError } from '../model/usage-error';
import { asWritten } from './as-written';
import { jestFiles } from './jest-files';
import { plugIns } from './plug-ins';
import type { SourceMapper } from './source-maps';

/** What a scenario within a test left. */
export interface Scenario {
  readonly findings: readonly Finding[];
  /** Lays those that nobody asked for to the test. */
  blame(findings: readonly Finding[]): void;
}

/** What a matcher, and a scenario that is repeated, can ask of the gate that watches the test. Missing where the gate is a block's. */
export interface ScenarioGate {
  readonly rootDir?: string;
  /** Runs `fn` as part of the running test and judges at once what it left; that is released, and the test does not answer for it. */
  scenario?(fn: () => unknown): Promise<Scenario>;
  /** Forces collections. Gives what still holds the object, in words; `undefined` if it is gone. */
  heldBy?(ref: WeakRef<object>): Promise<string | undefined>;
  /** Runs `fn` so many times. Gives what grows with every run, in words; `undefined` if nothing does. */
  growthOver?(runs: unknown, fn: () => unknown): Promise<string | undefined>;
}

/** What the gate needs of the accounts of its file. */
export interface GateKeeper {
  readonly rootDir: string;
  /** The sandbox's. */
  readonly global: object;
  readonly options: Pick<Options, 'mostHeapBytes'>;
}

interface Keeper extends GateKeeper {
  readonly mapped: SourceMapper;
  deliver(rulings: readonly Ruling[]): void;
}

/**
 * What scenarios within the tests of one file can ask.
 * @param mapper the mapper of the moment: there is none before set-up files have run
 * @param deliver lays findings to the tests, or the file, of their scopes
 */
export function scenarioGate(
  session: Session,
  file: GateKeeper,
  mapper: () => SourceMapper,
  deliver: (rulings: readonly Ruling[]) => void,
): ScenarioGate {
  const { rootDir, global, options } = file;
  const keeper: Keeper = { rootDir, global, options, mapped: (frames) => mapper()(frames), deliver };
  return {
    rootDir: keeper.rootDir,
    scenario: (fn) => scenario(session, keeper, fn),
    heldBy: (ref) => heldBy(ref, keeper),
    growthOver: (runs, fn) => growthOver(runs, fn, keeper),
  };
}

async function scenario(session: Session, keeper: Keeper, fn: () => unknown): Promise<Scenario> {
  const home = session.lineage.getStore()?.scope.answerable ?? session.file;
  const block = session.enter('block', '', home);
  block.final = true;
  let rulings: readonly Ruling[] = [];
  try {
    await session.run(block, fn);
  } finally {
    rulings = await session.leave(block);
  }
  const byFinding = new Map(
    rulings.map((ruling) => [asWritten(ruling.finding, keeper.mapped, keeper.rootDir), ruling]),
  );
  return {
    findings: [...byFinding.keys()],
    blame: (findings) =>
      keeper.deliver(
        findings.flatMap((finding) => {
          const ruling = byFinding.get(finding);
          return ruling === undefined ? [] : [{ ...ruling, scope: home }];
        }),
      ),
  };
}

async function growthOver(runs: unknown, fn: () => unknown, keeper: Keeper): Promise<string | undefined> {
  // Neither this nor what reads a heap is anything to load into every worker.
  const { FEWEST_RUNS, GrowthWatch }: typeof import('../engine/growth') = require('../engine/growth');
  if (typeof runs !== 'number' || !Number.isInteger(runs) || runs < FEWEST_RUNS)
    throw new UsageError(
      `leakgate.repeat(${String(runs)}) needs a whole number of runs, ${FEWEST_RUNS} at least: fewer cannot tell a slope from a straggler.`,
    );
  const { global, rootDir } = keeper;
  const placeOf = (frame: Frame): string => spot(keeper.mapped([frame])[0] ?? frame, rootDir);
  const classifier = jestFiles;
  const { mostHeapBytes } = keeper.options;
  const { rules } = plugIns();
  const watch = new GrowthWatch({ global, rootDir, classifier, placeOf, rules, mostHeapBytes });
  const growth = await watch.over(runs, fn);
  return growth.grown.length === 0 ? undefined : sayGrowth(growth);
}

async function heldBy(ref: WeakRef<object>, { global, rootDir, options }: Keeper): Promise<string | undefined> {
  const { explain }: typeof import('../engine/heap/explain') = require('../engine/heap/explain');
  if (await collectThoroughly(() => ref.deref() === undefined)) return undefined;
  const answer = await explain({
    targets: [ref],
    global: new WeakRef(global),
    testFile: undefined,
    rootDir,
    mostHeapBytes: options.mostHeapBytes,
  });
  switch (answer.kind) {
    case 'too-large':
      return `The heap is too large to look for what holds it: ${memory(answer.usedBytes)} are in use.`;
    case 'failed':
      return `What holds it cannot be said: ${answer.why}.`;
    case 'explained': {
      const [target] = answer.targets;
      if (target?.kind === 'held') return drawPath(target.path);
      return target?.kind === 'excused' ? `It is held by ${target.by}.` : undefined;
    }
  }
}
