import { types } from 'node:util';
import { type InspectorSession, inspected } from './inspector-session';
import { internalOf, moduleAmong, scopesOf, variablesOf } from './module-functions';
import { asObject } from './native';
import { type Bounds, reached } from './reach';

/** A client with what it is made of, but not all that a library remembers. */
const NEAR: Bounds = { nodes: 2_000, depth: 4, elements: 100 };

/** So many promises and functions among a module's variables, and what these hold, are looked into. */
const MOST_OPENED = 50;

/** Armed timers hang together in lists: one leads to all. */
const isListed = (value: object): boolean => Object.hasOwn(value, '_idleNext');

/** What hides in `value`: what a promise was fulfilled with, what a function closes over below its module. */
function* hiddenIn(value: object, session: InspectorSession): Iterable<object> {
  if (types.isPromise(value)) {
    const result = session.handing(value, (objectId) => resultOf(objectId, session));
    if (result !== undefined) yield result;
  } else if (typeof value === 'function') {
    const scopes = session.handing(value, (objectId) => scopesOf(objectId, session)) ?? [];
    for (const scope of scopes.slice(0, -1)) {
      yield* objectsAmong(variablesOf(scope, session).map(([, held]) => held));
    }
  }
}

function resultOf(objectId: string, session: InspectorSession): object | undefined {
  const result = internalOf(objectId, '[[PromiseResult]]', session);
  return result === undefined ? undefined : asObject(session.objectOf(result));
}

const objectsAmong = (values: readonly unknown[]): readonly object[] =>
  values.map(asObject).filter((value) => value !== undefined);

/** The members of a record, which may be functions; a list of thousands is not looked through. */
function membersOf(value: object): readonly object[] {
  if (types.isProxy(value) || ArrayBuffer.isView(value) || Array.isArray(value)) return [];
  const keys = Reflect.ownKeys(value).slice(0, NEAR.elements);
  return objectsAmong(keys.map((key): unknown => Object.getOwnPropertyDescriptor(value, key)?.value));
}

/**
 * Whether `thing` hangs on a variable of the module that `fn` was written in: on an object that one holds, on what a promise there was
 * fulfilled with, or on what a function there closes over. Then that module may have it for all who use it. `false` where V8 does not
 * tell. It takes some milliseconds, so it is for what would be a finding.
 */
export function isInModulesState(fn: object, thing: object): boolean {
  const targets = new Set([thing]);
  const found = inspected(fn, (handed, session) => {
    const scope = moduleAmong(scopesOf(handed, session));
    if (scope === undefined) return false;
    const values = objectsAmong(variablesOf(scope, session).map(([, value]) => value));
    const roots = new Set([...values, ...values.flatMap(membersOf)]);
    let opened = 0;
    for (const root of roots) {
      if (reached(root, targets, isListed, NEAR).held.size > 0) return true;
      if (opened >= MOST_OPENED || !(types.isPromise(root) || typeof root === 'function')) continue;
      opened++;
      for (const hidden of hiddenIn(root, session)) roots.add(hidden);
    }
    return false;
  });
  return found === true;
}
