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

/** What V8 keeps with an object under a name of its own, `[[Scopes]]`: the inspector's id of it. */
export const internalOf = (handed: string, name: string, session: InspectorSession): string | undefined =>
  properties(handed, session).internalProperties?.find((each) => each.name === name)?.value?.objectId;

/** The scopes that a function closes over, inside of what surrounds all modules; innermost first, its module's last. */
export function scopesOf(handed: string, session: InspectorSession): readonly Runtime.RemoteObject[] | undefined {
  const scopes = internalOf(handed, '[[Scopes]]', session);
  if (scopes === undefined) return undefined;
  return properties(scopes, session).result.flatMap(({ name, value }) =>
    !/^\d+$/.test(name) || value === undefined || AROUND.test(value.description ?? '') ? [] : [value],
  );
}

/** The variables of a scope that V8 keeps: those that a function in it speaks of. */
export function variablesOf(
  { objectId }: Runtime.RemoteObject,
  session: InspectorSession,
): readonly (readonly [string, unknown])[] {
  if (objectId === undefined) return [];
  // V8 lists a scope as a pair of its description and an object with its variables.
  const listed = asObject(session.objectOf(objectId));
  return entriesOf(asObject((listed as { object?: unknown } | undefined)?.object));
}

/** The scope of the module that a function with these scopes was written in; `undefined` where V8 does not tell. */
export function moduleAmong(scopes: readonly Runtime.RemoteObject[] | undefined): Runtime.RemoteObject | undefined {
  const module = scopes?.at(-1);
  return module !== undefined && OF_MODULE.test(module.description ?? '') ? module : undefined;
}

/**
 * The name of its module's variable that `isIt`, where `fn` closes over nothing but the module's own variables. `undefined` where
 * there is none, or V8 does not tell. It takes a millisecond, so it is for what would be a finding.
 */
export function moduleVariableOf(fn: object, isIt: (value: unknown) => boolean): string | undefined {
  return inspected(fn, (handed, session) => {
    const scopes = scopesOf(handed, session);
    const module = moduleAmong(scopes);
    if (module === undefined || scopes?.length !== 1) return undefined;
    return variablesOf(module, session).find(([, value]) => isIt(value))?.[0];
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
