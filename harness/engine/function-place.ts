import type { Debugger, Runtime } from 'node:inspector';
import { type Frame, normalizePath } from '../model/frame';
import { inspected } from './inspector-session';

/**
 * Where a function is written, and of a bound one the function that it calls; in transformed code, as the runner maps it.
 * `undefined` where V8 does not tell: it is Node's own, or native, or there is no inspector. It takes milliseconds, so it is for findings.
 */
export function placeOf(fn: object): Omit<Frame, 'origin'> | undefined {
  return inspected(fn, (handed, session) => {
    const files = new Map<string, string>();
    session.onScript((scriptId, url) => files.set(scriptId, url));
    session.post('Debugger.enable');
    let objectId: string | undefined = handed;
    while (objectId !== undefined) {
      const known: Runtime.GetPropertiesReturnType = session.post('Runtime.getProperties', {
        objectId,
        ownProperties: true,
      });
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
  });
}
