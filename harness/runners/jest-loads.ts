import type { Session } from '../engine/session';
import { loadWithin } from './jest/build/loads';
import { fromRunningJest } from './running-jest';

/**
 * What a module starts as it is loaded is its file's, however far it goes on: a poller begun at the top of a module is none of the
 * tests' it happens to run in, nor that one's which has loaded it. Jest offers no word around the loading of a module, so the methods of
 * its runtime are wrapped. Where they are not found, what appears while modules load is still the file's, but not what it goes on to open
 * later.
 * @param isLoading whether modules of the file are being loaded, and none of its tests has begun
 * @returns puts Jest's methods back
 */
export function ownLoads(session: Session, isLoading: () => boolean): () => void {
  const runtime = runtimeOf();
  if (runtime === undefined) return () => {};
  const byTests = session.enter('hook', '', session.file).lineage;
  return loadWithin(runtime, session.lineage, (present) => {
    if (isLoading()) return present === undefined ? session.file.lineage : undefined;
    return present?.scope.answerable.kind === 'test' ? byTests : undefined;
  });
}

function runtimeOf(): Record<string, unknown> | undefined {
  try {
    return (fromRunningJest('jest-runtime') as { default?: { prototype?: Record<string, unknown> } }).default
      ?.prototype;
  } catch {
    return undefined;
  }
}
