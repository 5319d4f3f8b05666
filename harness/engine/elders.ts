import { AsyncLocalStorage } from 'node:async_hooks';
import { giveBack, type LineageStorage } from './lineage-storage';

/** Each costs something for every promise, so the work of long ago is not told apart any more. */
const MOST = 4;

const elders: LineageStorage[] = [];

/**
 * Ends a file's asynchronous context.
 * @param goesOn some of its work may go on (what was left open and cannot be closed): the context is kept, so that this work is
 * laid to no test of a later file
 */
export function retire(context: LineageStorage, goesOn: boolean): void {
  if (!goesOn) {
    giveBack(context);
    return;
  }
  elders.push(context);
  if (elders.length > MOST) elders.shift()?.disable();
}

let files: AsyncLocalStorage<number> | undefined;

/**
 * Begins a file: all that its run comes to do is marked with its number, what has no lineage too. The mark costs something for every
 * promise, so there is none until a file keeps what it leaves.
 * @param keeps the file leaves its work as it is
 */
export function beginFile(id: number, keeps: boolean): void {
  if (keeps) files ??= new AsyncLocalStorage();
  files?.enterWith(id);
}

/**
 * Whether the running code descends from an earlier file in this process than the one of that number.
 * @param id `undefined` for a scope that is no file's, and has others at work around it
 */
export function isEldersWork(id: number | undefined): boolean {
  const file = files?.getStore();
  return (
    (id !== undefined && file !== undefined && file !== id) || elders.some((elder) => elder.getStore() !== undefined)
  );
}

const { getPrototypeOf } = Object;
const { prototype } = Function;

/** By what the functions of an earlier file's realm have in common. */
const retired = new WeakSet<object>();

/** What the functions of a realm have in common; `undefined` if it is the harness's own, which is no file's. */
export function functionsOf(global: object): object | undefined {
  const { Function: its } = global as { readonly Function?: { readonly prototype?: object } };
  return its?.prototype === prototype ? undefined : its?.prototype;
}

/** Ends a file's realm: it costs nothing to know its functions for an earlier file's, so there is no limit to how many. */
export function retireFunctions(functions: object | undefined): void {
  if (functions !== undefined) retired.add(functions);
}

/** Whether a function was written in a file that is over, whatever has called it. */
export function isEldersCode(callback: unknown): boolean {
  if (typeof callback !== 'function') return false;
  const plain = getPrototypeOf(callback) as object | null;
  if (plain === null || plain === prototype) return false;
  // An asynchronous function is one step further from what all have in common.
  const further = retired.has(plain) ? plain : (getPrototypeOf(plain) as object | null);
  return further !== null && retired.has(further);
}
