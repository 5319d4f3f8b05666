import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { turn } from './clock';

let collect: (() => void) | undefined;

/** V8's `gc`, without leaving a global of that name behind in the contexts of later tests. */
function collector(): () => void {
  if (collect === undefined) {
    const exposed = (globalThis as { gc?: () => void }).gc;
    if (exposed !== undefined) {
      collect = () => exposed();
    } else {
      setFlagsFromString('--expose-gc');
      collect = runInNewContext('gc') as () => void;
      setFlagsFromString('--no-expose-gc');
    }
  }
  return collect;
}

/**
 * Forces full collections until `gone` says so, four times at the most. A turn before and after each one: without the first
 * nothing that a pending callback holds goes away, without the second finalizers have not run (FACTS.md, measured).
 */
export async function collectUntil(gone: () => boolean): Promise<void> {
  for (let round = 0; round < 4 && !gone(); round++) {
    await turn();
    collector()();
    await turn();
  }
}
