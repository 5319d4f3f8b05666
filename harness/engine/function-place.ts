import type { Debugger, Runtime } from 'node:inspector';
import { runInThisContext } from 'node:vm';
import { type Frame, normalizePath } from '../model/frame';

const HANDED = Symbol.for('leakgate.placed');

/**
 * Where a function is written, and of a bound one the function that it calls; in transformed code, as the runner maps it.
 * `undefined` where V8 does not tell: it is Node's own, or native, or there is no inspector. It takes milliseconds, so it is for findings.
 */
export function placeOf(fn: object): Omit<Frame, 'origin'> | undefined {
  let inspector: typeof import('node:inspector');
  try {
    inspector = require('node:inspector');
  } catch {
    return undefined;
  }
  const session = new inspector.Session();
  const files = new Map<string, string>();
  const post = <T>(method: string, params: object = {}): T => {
    let answer: unknown;
    // A session of the same thread answers at once.
    session.post(method, params, (_error, result) => {
      answer = result;
    });
    return answer as T;
  };
  // The inspector looks things up in the process's own realm, which is not ours where we are loaded into a sandbox.
  const global = runInThisContext('globalThis') as Record<symbol, unknown>;
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => files.set(scriptId, url));
  session.connect();
  try {
    post('Debugger.enable');
    global[HANDED] = fn;
    let objectId = post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
      expression: `globalThis[Symbol.for('${HANDED.description}')]`,
    }).result.objectId;
    while (objectId !== undefined) {
      const known = post<Runtime.GetPropertiesReturnType>('Runtime.getProperties', { objectId, ownProperties: true });
      const internal = (name: string) => known.internalProperties?.find((each) => each.name === name)?.value;
      const at = internal('[[FunctionLocation]]')?.value as Debugger.Location | undefined;
      if (at !== undefined) {
        const file = normalizePath(files.get(at.scriptId) ?? '');
        const name = known.result.find((each) => each.name === 'name')?.value?.value as unknown;
        const own = typeof name === 'string' ? name : '';
        return file === '' ? undefined : { file, line: at.lineNumber + 1, column: (at.columnNumber ?? 0) + 1, fn: own };
      }
      objectId = internal('[[TargetFunction]]')?.objectId;
    }
    return undefined;
  } finally {
    delete global[HANDED];
    session.disconnect();
  }
}
