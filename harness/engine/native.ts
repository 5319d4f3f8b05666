import { createGzip } from 'node:zlib';
import type { Liveness } from './probe';

type GetAsyncId = (this: object) => number;

let borrowed: GetAsyncId | undefined;

/** `getAsyncId` of Node's native base class, borrowed from a handle: some natives inherit it, yet do not expose it (message ports). */
function getAsyncId(): GetAsyncId {
  if (borrowed === undefined) {
    const gzip = createGzip();
    borrowed = (gzip as unknown as { _handle: { getAsyncId: GetAsyncId } })._handle.getAsyncId;
    gzip.close();
  }
  return borrowed;
}

/** The async id of a native resource, as `init` announced it; -1 once its native object is gone, and for what is no such thing. */
export function asyncIdOf(resource: object): number {
  try {
    return getAsyncId().call(resource);
  } catch {
    return -1;
  }
}

/**
 * Whether a native resource is still the one `init` announced: it answers with its id while the native object lives and with -1
 * once it is gone. Holds for handles, ref'd or not, requests, asynchronous jobs, workers and message ports.
 */
export function nativeLives(resource: object, asyncId: number): boolean {
  return asyncIdOf(resource) === asyncId;
}

/** The same, as the state of what is open for as long as its native object lives. */
export const nativeState = (resource: object, asyncId: number): Liveness =>
  nativeLives(resource, asyncId) ? 'open' : 'released';

/**
 * Whether a handle still is one, whatever its id: a keep-alive agent gives the connection it hands on a new id, and says so with
 * a stand-in nobody keeps.
 */
export function handleLives(handle: object): boolean {
  try {
    return getAsyncId().call(handle) > 0;
  } catch {
    return false;
  }
}

/** Whether a timer or handle says of itself that the process may end without it; not of what cannot say so. */
export function isUnrefd(resource: object): boolean {
  try {
    return (resource as { hasRef?: () => unknown }).hasRef?.() === false;
  } catch {
    return false;
  }
}

const symbols = new Map<string, Set<symbol>>();

/**
 * The value an object keeps under an own symbol of this description (`owner_symbol`). Only data is read: getters of native
 * objects are not to be touched, some abort the process after close.
 */
export function slot(object: object, description: string): unknown {
  let known = symbols.get(description);
  if (known !== undefined) {
    for (const symbol of known) {
      const descriptor = Object.getOwnPropertyDescriptor(object, symbol);
      if (descriptor !== undefined) return descriptor.value;
    }
  }
  for (const symbol of Object.getOwnPropertySymbols(object)) {
    if (symbol.description !== description) continue;
    known ??= new Set();
    known.add(symbol);
    symbols.set(description, known);
    return Object.getOwnPropertyDescriptor(object, symbol)?.value;
  }
  return undefined;
}

/** An own data property; `undefined` for accessors and what is not there. */
export function field(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

/** `value` if it is an object or a function. */
export function asObject(value: unknown): object | undefined {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? (value as object) : undefined;
}
