import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nap, turn } from './clock';

let collect: (() => void) | undefined;

/** V8's `gc`, without leaving a global of that name behind in the contexts of later tests. */
function collector(): () => void {
  if (collect === undefined) {
    const exposed = (globalThis as { gc?: () => void }).gc;
    if (exposed !== undefined) {
      collect = () => exposed();
    } else {
      collect = exposedByFlag();
    }
  }
  return collect;
}

/** V8's flags are the process's: another of its threads may take this one back in between. */
const ATTEMPTS = 100;

function exposedByFlag(): () => void {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    setFlagsFromString('--expose-gc');
    const exposed = runInNewContext("typeof gc === 'function' ? gc : undefined") as (() => void) | undefined;
    setFlagsFromString('--no-expose-gc');
    if (exposed !== undefined) return exposed;
  }
  throw new Error('V8 does not let collections be forced in this process');
}

/**
 * Forces full collections until `gone` says so, four times at the most. A turn before and after each one: without the first
 * nothing that a pending callback holds goes away, without the second finalizers have not run (measured).
 */
export async function collectUntil(gone: () => boolean): Promise<void> {
  for (let round = 0; round < 4 && !gone(); round++) await collectOnce();
}

/** What is still there when collections take no more of it. `left` finds it anew each time: in between nothing may hold it. */
export async function survivors<T>(left: () => readonly T[]): Promise<readonly T[]> {
  await collectUntil(() => left().length === 0);
  return left();
}

/** Forces one full collection. */
export async function collectOnce(): Promise<void> {
  await turn();
  collector()();
  await turn();
}

/** What is closed natively in a later tick has come to an end by then. */
const LATE_ROUND_MS = 50;

/**
 * The same, for what must not be said of anything that only lingers: two rounds more, some time apart, and a proof that
 * collections do collect.
 * @returns whether all is gone
 * @throws if what nobody holds survives, or what is held does not: then nothing can be said of anything
 */
export async function collectThoroughly(gone: () => boolean): Promise<boolean> {
  if (gone()) return true;
  const held = {};
  const dropped = dropOne();
  const kept = new WeakRef(held);
  await collectUntil(gone);
  for (let round = 0; round < 2 && !gone(); round++) {
    await nap(LATE_ROUND_MS);
    await collectOnce();
  }
  if (dropped.deref() !== undefined || kept.deref() !== held) {
    throw new Error('forced collections do not collect in this process, so what is still reachable cannot be told');
  }
  return gone();
}

/** In a frame of its own, which is gone when the collection comes. */
const dropOne = (): WeakRef<object> => new WeakRef({});
