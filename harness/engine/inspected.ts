import type { Session } from 'node:inspector';
import { runInThisContext } from 'node:vm';

const HANDED = Symbol.for('leakgate.handed');

/** Asks V8; a session of the same thread answers at once. */
export type Post = <T>(method: string, params?: object) => T;

/** The process's own globals: the inspector looks things up there, which is not ours where we are loaded into a sandbox. */
const hostGlobals = (): Record<symbol, unknown> => runInThisContext('globalThis') as Record<symbol, unknown>;

/**
 * Hands `thing` to the inspector for as long as `read` runs, and answers what that does; `undefined` where there is no inspector.
 * @param read gets the inspector's own id of it
 */
export function inspected<T>(
  thing: object,
  read: (objectId: string, post: Post, session: Session) => T,
): T | undefined {
  let inspector: typeof import('node:inspector');
  try {
    inspector = require('node:inspector');
  } catch {
    return undefined;
  }
  const session = new inspector.Session();
  const post: Post = <A>(method: string, params: object = {}): A => {
    let answer: unknown;
    session.post(method, params, (_error, result) => {
      answer = result;
    });
    return answer as A;
  };
  const global = hostGlobals();
  session.connect();
  try {
    global[HANDED] = thing;
    const expression = `globalThis[Symbol.for('${HANDED.description}')]`;
    const { objectId } = post<{ result: { objectId?: string } }>('Runtime.evaluate', { expression }).result;
    return objectId === undefined ? undefined : read(objectId, post, session);
  } finally {
    delete global[HANDED];
    session.disconnect();
  }
}

/** The object itself that the inspector knows by this id. */
export function objectOf(objectId: string, post: Post): unknown {
  const taken = Symbol.for('leakgate.taken');
  const global = hostGlobals();
  const functionDeclaration = `function () { globalThis[Symbol.for('${taken.description}')] = this; }`;
  try {
    post('Runtime.callFunctionOn', { objectId, functionDeclaration });
    return global[taken];
  } finally {
    delete global[taken];
  }
}
