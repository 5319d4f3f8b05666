import vm from 'node:vm';
import type { Lineage } from '../engine/scope';
import type { Session } from '../engine/session';
import { loadWithin } from './jest/build/loads';
import { fromRunningJest } from './running-jest';

/** By these Jest runs a test file and its set-up files, each with all that they import: as CommonJS, mocks among it, and as ES modules. */
const LOADS = ['requireModule', 'requireModuleOrMock', 'unstable_importModule'];

/**
 * What a module starts as it is loaded is its file's, however far it goes on: a poller begun at the top of a module is none of the
 * tests' it happens to run in, nor that one's which has loaded it. Jest offers no word around the loading of a module, so the methods of
 * its runtime are wrapped, and Node's own that runs an ES module, for a test imports one past those. Where they are not found, what appears
 * while modules load is still the file's, but not what it goes on to open later.
 * @param isLoading whether modules of the file are being loaded, and none of its tests has begun
 * @returns puts Jest's methods back
 */
export function ownLoads(session: Session, isLoading: () => boolean): () => void {
  const byTests = session.enter('hook', '', session.file).lineage;
  const within = (present: Lineage | undefined): Lineage | undefined => {
    if (isLoading()) return present === undefined ? session.file.lineage : undefined;
    return present?.scope.answerable.kind === 'test' ? byTests : undefined;
  };
  const undo: (() => void)[] = [];
  const wrap = (loader: Record<string, unknown> | undefined, names: readonly string[]): void => {
    if (loader !== undefined) undo.push(loadWithin(loader, names, session.lineage, within));
  };
  wrap(runtimeOf(), LOADS);
  wrap(esModules(), ['evaluate']);
  return () => {
    for (const takeBack of undo) takeBack();
  };
}

/** What all ES modules inherit that are run by `node:vm`; `undefined` in a Node that was not asked for them. */
function esModules(): Record<string, unknown> | undefined {
  const { SourceTextModule } = vm as { readonly SourceTextModule?: { readonly prototype: object } };
  let found: object | null = SourceTextModule?.prototype ?? null;
  while (found !== null && !Object.hasOwn(found, 'evaluate')) found = Object.getPrototypeOf(found) as object | null;
  return found === null ? undefined : (found as Record<string, unknown>);
}

function runtimeOf(): Record<string, unknown> | undefined {
  try {
    return (fromRunningJest('jest-runtime') as { default?: { prototype?: Record<string, unknown> } }).default
      ?.prototype;
  } catch {
    return undefined;
  }
}
