import { types } from 'node:util';

/** What `async_hooks` writes onto every promise up to Node 22, as properties that anybody sees. */
const MARKS = new Set(['async_id_symbol', 'trigger_async_id_symbol', 'kResourceStore']);

const isMark = (key: PropertyKey): boolean => typeof key === 'symbol' && MARKS.has(key.description ?? '');

const isMarked = (value: unknown): value is object =>
  types.isPromise(value) && Object.getOwnPropertySymbols(value).some(isMark);

/** What else a promise bears, as an object of the same class. */
function unmarked(promise: object): object {
  const bare = Object.create(Object.getPrototypeOf(promise) as object) as object;
  for (const key of Reflect.ownKeys(promise)) {
    const property = Object.getOwnPropertyDescriptor(promise, key);
    if (property !== undefined && !isMark(key)) Object.defineProperty(bare, key, property);
  }
  return bare;
}

type Equals = (a: unknown, b: unknown, testers?: readonly unknown[]) => boolean;
type Print = (value: unknown, ...rest: readonly unknown[]) => string;

/** Jest's tester of two values; `undefined` leaves it to the next. */
function equalUnmarked(
  this: { readonly equals: Equals },
  a: unknown,
  b: unknown,
  testers: readonly unknown[],
): boolean | undefined {
  if (a === b || !types.isPromise(a) || !types.isPromise(b) || !(isMarked(a) || isMarked(b))) return undefined;
  return this.equals(unmarked(a), unmarked(b), testers);
}

const serializer = {
  test: isMarked,
  serialize: (promise: object, ...rest: readonly unknown[]): string => {
    const print = rest.at(-1) as Print;
    return print(unmarked(promise), ...rest.slice(0, -1));
  },
};

/** Jest's `expect`, as far as it matters here. The testers came with 29.4. */
interface Expect {
  addEqualityTesters?(testers: readonly unknown[]): void;
  addSnapshotSerializer?(serializer: unknown): void;
}

/** From 30.5 on Jest runs tests in an `AsyncLocalStorage` of its own, and its promises are marked with or without the gate. */
const marksItself = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 30 || (major === 30 && minor >= 5);
};

/**
 * Keeps Jest's matchers and snapshots from seeing what `async_hooks` writes onto promises: without the gate two of them are equal.
 * @param global of the sandbox, once Jest has put `expect` there
 * @param jest version of the running Jest, empty where it is unknown
 */
export function overlookMarks(global: object, jest: string): void {
  if (marksItself(jest) || !isMarked(Promise.resolve())) return;
  const { expect } = global as { readonly expect?: Expect };
  expect?.addEqualityTesters?.([equalUnmarked]);
  expect?.addSnapshotSerializer?.(serializer);
}
