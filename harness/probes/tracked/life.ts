import { inspect, types } from 'node:util';
import type { Liveness } from '../../engine/probe';

/** What is known of one instance, which is itself held weakly: dropped without release it has leaked, collected or not. */
export interface Life {
  readonly instance: WeakRef<object>;
  /** The name of its own class. */
  readonly className: string;
  /** The call that releases it, as it is written. */
  readonly release: string;
  /** Its name. */
  readonly releaseKey: PropertyKey;
  /** `making`: its constructor has not returned. `failed`: nor will it. */
  phase: 'making' | 'live' | 'failed' | 'released';
  /** The constructor whose return makes it complete. */
  readonly awaits: object | undefined;
  /** Its constructor may have given another object in its place: then nobody ever had it, and a collection takes it. */
  readonly mayBeNobodys: boolean;
  /** A release of it is on the stack: what that calls in turn is no release of its own. */
  releasing: boolean;
  /** What its releases promised, as long as it is not settled. */
  promises: readonly object[];
}

/** A native promise's state, read without a handler: one would make a rejection of the user's pass for handled. */
function stateOf(promise: object): string {
  const shown = inspect(promise, {
    depth: 0,
    customInspect: false,
    showProxy: true,
    maxArrayLength: 0,
    maxStringLength: 0,
  });
  return /^[^{]*\{\s*<(pending|rejected)>/.exec(shown)?.[1] ?? 'fulfilled';
}

/** A release of `life` has returned. It counts when what it promised is fulfilled; one that throws or rejects has released nothing. */
export function released(life: Life, answer: unknown): void {
  if (types.isPromise(answer)) life.promises = [...life.promises, answer];
  else life.phase = 'released';
}

/** Evidence, now. */
export function stateOfLife(life: Life): Liveness {
  if (life.promises.length > 0) {
    const states = life.promises.map(stateOf);
    if (states.includes('fulfilled')) life.phase = 'released';
    life.promises = life.promises.filter((_, index) => states[index] === 'pending');
    if (life.promises.length > 0) return 'closing';
  }
  if (life.mayBeNobodys && life.instance.deref() === undefined) return 'released';
  return life.phase === 'released' || life.phase === 'failed' ? 'released' : 'open';
}
