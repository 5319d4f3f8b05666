import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { giveBack, type LineageStorage, takeStorage } from '../../harness/engine/lineage-storage';
import { Scope } from '../../harness/engine/scope';

const file = (): { host: Scope; scope: Scope } => {
  const host = new Scope('run', '', undefined, 'x.test.ts');
  return { host, scope: new Scope('file', '', host, 'x.test.ts') };
};

const taken: LineageStorage[] = [];
const take = (host: Scope): LineageStorage => {
  const storage = takeStorage(host);
  taken.push(storage);
  return storage;
};

afterEach(() => {
  for (const storage of taken.splice(0)) storage.disable();
});

describe('what carries a scope along', () => {
  test('goes with promises, timers, ticks, and what is bound to the context', async () => {
    const { host, scope } = file();
    const storage = take(host);
    const seen: unknown[] = [];
    const see = (): void => {
      seen.push(storage.getStore()?.scope);
    };
    await storage.run(scope.lineage, async () => {
      await null;
      see();
      await turn();
      see();
      await new Promise<void>((done) => {
        process.nextTick(() => {
          see();
          done();
        });
      });
      new AsyncResource('SPEC').runInAsyncScope(see);
    });
    expect(seen).toEqual([scope, scope, scope, scope]);
    see();
    expect(seen.at(-1)).toBeUndefined();
  });

  test('is nothing outside of it, and nothing inside where it is left', () => {
    const { host, scope } = file();
    const storage = take(host);
    storage.run(scope.lineage, () => {
      expect(storage.run(undefined, () => storage.getStore())).toBeUndefined();
      expect(storage.getStore()?.scope).toBe(scope);
    });
  });

  test('keeps two storages and one of the user apart', async () => {
    const [one, two] = [file(), file()];
    const [first, second, users] = [take(one.host), take(two.host), new AsyncLocalStorage<string>()];
    const seen = await users.run('theirs', () =>
      first.run(one.scope.lineage, () =>
        second.run(two.scope.lineage, async () => {
          await turn();
          return [first.getStore()?.scope, second.getStore()?.scope, users.getStore()];
        }),
      ),
    );
    users.disable();
    expect(seen).toEqual([one.scope, two.scope, 'theirs']);
  });

  test('what an earlier file began is not of the file that has its storage now', async () => {
    const [earlier, later] = [file(), file()];
    const storage = take(earlier.host);
    let goOn = (): void => {};
    const waiting = storage.run(earlier.scope.lineage, async () => {
      await new Promise<void>((done) => {
        goOn = done;
      });
      return next.getStore();
    });
    giveBack(storage);
    const next = take(later.host);
    await next.run(later.scope.lineage, async () => {
      goOn();
      expect(await waiting).toBeUndefined();
      expect(next.getStore()?.scope).toBe(later.scope);
    });
  });
});
