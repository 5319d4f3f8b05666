import type { Runtime } from 'node:inspector';
import { types } from 'node:util';
import { type InspectorSession, inspected } from './inspector-session';
import { asObject } from './native';

/** What surrounds the code of a module: the function it is wrapped in has this name up to Jest 30.4, then none; an ES module is a scope itself. */
const OF_MODULE = /^(?:Closure(?: \(Object\.<anonymous>\))?$|Module\b)/;
/** What surrounds all modules. */
const AROUND = /^(?:Script|Global)\b/;

const properties = (objectId: string, session: InspectorSession): Runtime.GetPropertiesReturnType =>
  session.post('Runtime.getProperties', { objectId, ownProperties: true });

/** An object's own data properties, and their values. */
function entriesOf(object: object | undefined): readonly (readonly [string, unknown])[] {
  if (object === undefined || types.isProxy(object)) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(object)).map(([name, { value }]) => [name, value] as const);
}

const isOrHas = (value: unknown, fn: object): boolean =>
  value === fn || entriesOf(asObject(value)).some(([, each]) => each === fn);

const { toString: textOf } = Function.prototype;

/** Written in an add-on: it closes over nothing. A bound function, or what settles a promise, has no prototype. */
const isAddOns = (fn: object): boolean =>
  Object.hasOwn(fn, 'prototype') && textOf.call(fn as () => unknown).endsWith('{ [native code] }');

/** The scopes that `fn` closes over, inside of what surrounds all modules; innermost first. */
function scopesOf(handed: string, session: InspectorSession): readonly Runtime.RemoteObject[] | undefined {
  const scopes = properties(handed, session).internalProperties?.find(({ name }) => name === '[[Scopes]]')?.value;
  if (scopes?.objectId === undefined) return undefined;
  return properties(scopes.objectId, session).result.flatMap(({ name, value }) =>
    !/^\d+$/.test(name) || value === undefined || AROUND.test(value.description ?? '') ? [] : [value],
  );
}

/**
 * The name of its module's variable that `isIt`, where `fn` closes over nothing but the module's own variables. `undefined` where
 * there is none, or V8 does not tell. It takes a millisecond, so it is for what would be a finding.
 */
export function moduleVariableOf(fn: object, isIt: (value: unknown) => boolean): string | undefined {
  return inspected(fn, (handed, session) => {
    const inner = scopesOf(handed, session);
    const [module] = inner ?? [];
    if (inner?.length !== 1 || module?.objectId === undefined || !OF_MODULE.test(module.description ?? ''))
      return undefined;
    // V8 lists a scope as a pair of its description and an object with its variables.
    const listed = asObject(session.objectOf(module.objectId));
    const variables = entriesOf(asObject((listed as { object?: unknown } | undefined)?.object));
    return variables.find(([, value]) => isIt(value))?.[0];
  });
}

/**
 * Whether there is one `fn` for each copy of its module, however often that is used: it closes over nothing but the module's own
 * variables, and one of these is it, or has it as a property; or it is an add-on's. One made by a call closes over what that was
 * about, or hangs on what the call has made. `false` where V8 does not tell.
 */
export const isModules = (fn: object): boolean =>
  isAddOns(fn) || moduleVariableOf(fn, (value) => isOrHas(value, fn)) !== undefined;

/**
 * Whether `fn` reaches what it is about by a `WeakRef` that it closes over: whoever wrote it has seen to it that it keeps nothing
 * alive. `false` where V8 does not tell. It takes a millisecond, so it is for what would be a finding.
 */
export function knowsWeakly(fn: object): boolean {
  const found = inspected(fn, (handed, session) => {
    const [first, ...outer] = scopesOf(handed, session) ?? [];
    // The outermost is the module's.
    const scopes = first === undefined ? [] : [first, ...outer.slice(0, -1)];
    return scopes.some(
      ({ objectId }) =>
        objectId !== undefined &&
        properties(objectId, session).result.some(({ value }) => value?.className === 'WeakRef'),
    );
  });
  return found === true;
}
