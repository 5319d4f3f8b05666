import { AsyncLocalStorage, createHook } from 'node:async_hooks';

/** A test may have put another in its place. */
const createHookNow = createHook;

const isTimer = (resource: object): resource is NodeJS.Timeout => 'unref' in resource && 'hasRef' in resource;

/**
 * Does work that may wait, by a timer, for what was put away: a page that closes the web sockets of its tests gives each half a minute to
 * answer, and the one that was ended never will. Its timers, and those of what it begins, keep no process up.
 */
export async function withoutHold(work: () => Promise<void>): Promise<void> {
  const armed: object[] = [];
  const within = new AsyncLocalStorage<true>();
  const hook = createHookNow({
    init(_, type, __, resource: object) {
      if (type === 'Timeout' && within.getStore() === true) armed.push(resource);
    },
  }).enable();
  try {
    await within.run(true, work);
  } finally {
    hook.disable();
    within.disable();
    for (const timer of armed) if (isTimer(timer)) timer.unref();
  }
}
