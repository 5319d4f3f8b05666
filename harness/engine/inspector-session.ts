import type { Runtime, Session } from 'node:inspector';
import { runInThisContext } from 'node:vm';

const HANDED = Symbol.for('leakgate.handed');
const TAKEN = Symbol.for('leakgate.taken');

/** The process's own globals: the inspector looks things up there, which is not ours where we are loaded into a sandbox. */
const hostGlobals = (): Record<symbol, unknown> => runInThisContext('globalThis') as Record<symbol, unknown>;

/** A session with V8's own inspector, on this thread: so it answers at once. To be disposed of. */
export class InspectorSession implements Disposable {
  readonly #session: Session;

  /** @throws if this build of Node has no inspector */
  constructor() {
    const inspector = require('node:inspector') as typeof import('node:inspector');
    this.#session = new inspector.Session();
    this.#session.connect();
  }

  /**
   * Asks V8.
   * @throws if it refuses
   */
  post<T>(method: string, params: object = {}): T {
    let failure: Error | null = null;
    let answer: unknown;
    this.#session.post(method, params, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure !== null) throw new Error(`${method}: ${JSON.stringify(failure)}`);
    return answer as T;
  }

  /** Calls `seen` with each script there is and each that comes, from when the debugger is enabled. */
  onScript(seen: (scriptId: string, url: string) => void): void {
    this.#session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => seen(scriptId, url));
  }

  /**
   * Hands `thing` to the inspector for as long as `read` runs, and answers what that does.
   * @param read gets the inspector's own id of it
   * @param objectGroup by which what it comes to know is let go of again. Default: it is kept as long as the session
   */
  handing<T>(thing: object, read: (objectId: string) => T, objectGroup?: string): T {
    const global = hostGlobals();
    global[HANDED] = thing;
    try {
      const expression = `globalThis[Symbol.for('${HANDED.description}')]`;
      const asked = objectGroup === undefined ? { expression } : { expression, objectGroup };
      const { result } = this.post<Runtime.EvaluateReturnType>('Runtime.evaluate', asked);
      return read(result.objectId ?? '');
    } finally {
      delete global[HANDED];
      if (objectGroup !== undefined) this.post('Runtime.releaseObjectGroup', { objectGroup });
    }
  }

  /** The object itself that the inspector knows by this id. */
  objectOf(objectId: string): unknown {
    const global = hostGlobals();
    const functionDeclaration = `function () { globalThis[Symbol.for('${TAKEN.description}')] = this; }`;
    try {
      this.post('Runtime.callFunctionOn', { objectId, functionDeclaration });
      return global[TAKEN];
    } finally {
      delete global[TAKEN];
    }
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }
}

/**
 * Hands `thing` to an inspector for as long as `read` runs, and answers what that does; `undefined` where there is no inspector.
 * @param read gets the inspector's own id of it
 */
export function inspected<T>(thing: object, read: (objectId: string, session: InspectorSession) => T): T | undefined {
  let opened: InspectorSession;
  try {
    opened = new InspectorSession();
  } catch {
    return undefined;
  }
  using session = opened;
  return session.handing(thing, (objectId) => read(objectId, session));
}
