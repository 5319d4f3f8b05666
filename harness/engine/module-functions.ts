import type { Runtime } from 'node:inspector';
import { types } from 'node:util';
import { inspected, objectOf, type Post } from './inspected';
import { asObject } from './native';

/** What surrounds the code of a module: the function it is wrapped in has this name up to Jest 30.4, then none; an ES module is a scope itself. */
const OF_MODULE = /^(?:Closure(?: \(Object\.<anonymous>\))?$|Module\b)/;
/** What surrounds all modules. */
const AROUND = /^(?:Script|Global)\b/;

const properties = (objectId: string, post: Post): Runtime.GetPropertiesReturnType =>
  post('Runtime.getProperties', { objectId, ownProperties: true });

/** The values of an object's own data properties. */
function valuesOf(object: object | undefined): readonly unknown[] {
  if (object === undefined || types.isProxy(object)) return [];
  return Object.values(Object.getOwnPropertyDescriptors(object)).map(({ value }) => value as unknown);
}

/**
 * Whether there is one `fn` for each copy of its module, however often that is used: it closes over nothing but the module's own
 * variables, and one of these is it, or has it as a property. One made by a call closes over what that was about, or hangs on what the
 * call has made. `false` where V8 does not tell. It takes a millisecond, so it is for what would be a finding.
 */
export function isModules(fn: object): boolean {
  const found = inspected(fn, (handed, post) => {
    const scopes = properties(handed, post).internalProperties?.find(({ name }) => name === '[[Scopes]]')?.value;
    if (scopes?.objectId === undefined) return false;
    const inner = properties(scopes.objectId, post).result.flatMap(({ name, value }) =>
      !/^\d+$/.test(name) || value === undefined || AROUND.test(value.description ?? '') ? [] : [value],
    );
    const [module] = inner;
    if (inner.length !== 1 || module?.objectId === undefined || !OF_MODULE.test(module.description ?? '')) return false;
    // V8 lists a scope as a pair of its description and an object with its variables.
    const listed = asObject(objectOf(module.objectId, post));
    const variables = valuesOf(asObject((listed as { object?: unknown } | undefined)?.object));
    return variables.some((value) => value === fn || valuesOf(asObject(value)).includes(fn));
  });
  return found === true;
}
