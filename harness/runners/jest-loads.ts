import type { Session } from '../engine/session';
import { loadWithin } from './jest/build/loads';
import { fromRunningJest } from './running-jest';

/**
 * What a module starts as it is loaded is its file's, however far it goes on: a poller begun at the top of a module is none of the
 * tests' it happens to run in. Jest offers no word around the loading of a module, so the methods of its runtime are wrapped. Where they
 * are not found, what appears while modules load is still the file's, but not what it goes on to open later.
 * @param isLoading whether modules of the file are being loaded
 * @returns puts Jest's methods back
 */
export function ownLoads(session: Session, isLoading: () => boolean): () => void {
  const runtime = runtimeOf();
  if (runtime === undefined) return () => {};
  return loadWithin(runtime, session.lineage, () => (isLoading() ? session.file.lineage : undefined));
}

function runtimeOf(): Record<string, unknown> | undefined {
  try {
    return (fromRunningJest('jest-runtime') as { default?: { prototype?: Record<string, unknown> } }).default
      ?.prototype;
  } catch {
    return undefined;
  }
}
