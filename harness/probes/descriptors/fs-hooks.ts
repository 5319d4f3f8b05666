import fs from 'node:fs';
import { frozen } from '../patching/slot';
import { type AnyFunction, wrap } from '../patching/wrap';

const { Dir, promises } = fs;

/** Frames above a function of this kind are ours. */
type Above = (...args: never[]) => unknown;

/** A stream that opens a file by its path, before or after its descriptor is there. */
export type FileStream = fs.ReadStream | fs.WriteStream;

/** Who wants to know what is opened and closed through `fs`. `T` is what it keeps of a call until its result is there. */
export interface FsObserver<T> {
  /** A call that opens is under way; `undefined` if its result is of no interest. */
  calling(above: Above): T | undefined;
  /** It gave a descriptor, to the user or, within its construction, to a stream. */
  descriptor(call: T, fd: number, path: unknown): void;
  handle(call: T, handle: fs.promises.FileHandle, path: unknown): void;
  directory(call: T, dir: fs.Dir): void;
  /** A stream is being made; its file will be opened in a later tick. */
  stream(stream: FileStream, above: Above): void;
  streamDescriptor(stream: FileStream, fd: number): void;
  /** A number was handed out for something that closes by itself. */
  reused(fd: number): void;
  /** A descriptor is being closed by the running code, which may fail. */
  closing(fd: number, above: Above): Closing | undefined;
}

/** A closing under way, for a descriptor the observer knows. */
export interface Closing {
  closed(): void;
  failed(): void;
}

/** What opens a file and closes it again: nothing in there is the user's to close. */
const SELF_CONTAINED = [
  'readFileSync',
  'writeFileSync',
  'appendFileSync',
  'truncateSync',
  'writeFile',
  'appendFile',
  'truncate',
];

let observer: FsObserver<unknown> | undefined;
/** Within a call of ours, or one that is self-contained: what it calls in its turn is not the user's doing. */
let inside = 0;
let constructing: FileStream | undefined;

/** Runs `fn` as a part of the running call. */
function within<T>(fn: () => T): T {
  inside++;
  try {
    return fn();
  } finally {
    inside--;
  }
}

/** Runs a callback of the user's, which is no part of the call that it was given to, even if it is called at once. */
function outside(fn: () => unknown): unknown {
  const before = inside;
  inside = 0;
  try {
    return fn();
  } finally {
    inside = before;
  }
}

const selfContained = (original: AnyFunction): AnyFunction =>
  function (...args) {
    return within(() => original.apply(this, args));
  };

const openSync = (original: AnyFunction): AnyFunction =>
  function wrapper(...args) {
    const fd = within(() => original.apply(this, args));
    if (observer === undefined || typeof fd !== 'number') return fd;
    const call = inside > 0 ? undefined : observer.calling(wrapper);
    if (call === undefined) observer.reused(fd);
    else observer.descriptor(call, fd, args[0]);
    return fd;
  };

const open = (original: AnyFunction): AnyFunction =>
  function wrapper(...args) {
    const at = args.findIndex((arg, index) => index > 0 && typeof arg === 'function');
    if (observer === undefined || at < 0) return original.apply(this, args);
    const stream = constructing;
    const call = inside > 0 || stream !== undefined ? undefined : observer.calling(wrapper);
    const callback = args[at] as AnyFunction;
    args[at] = function (this: unknown, ...results: unknown[]): unknown {
      const [, fd] = results;
      if (typeof fd === 'number' && observer !== undefined) {
        if (stream !== undefined) observer.streamDescriptor(stream, fd);
        else if (call === undefined) observer.reused(fd);
        else observer.descriptor(call, fd, args[0]);
      }
      return outside(() => callback.apply(this, results));
    };
    return within(() => original.apply(this, args));
  };

const openHandle = (original: AnyFunction): AnyFunction =>
  function wrapper(...args) {
    const call = observer === undefined || inside > 0 ? undefined : observer.calling(wrapper);
    const promise = within(() => original.apply(this, args));
    if (call === undefined || typeof promise?.then !== 'function') return promise;
    return promise.then((handle: fs.promises.FileHandle) => {
      observer?.handle(call, handle, args[0]);
      return handle;
    });
  };

const opendirSync = (original: AnyFunction): AnyFunction =>
  function wrapper(...args) {
    const dir = within(() => original.apply(this, args));
    const call = observer === undefined || inside > 0 ? undefined : observer.calling(wrapper);
    if (call !== undefined && dir instanceof Dir) observer?.directory(call, dir);
    return dir;
  };

const opendir = (original: AnyFunction): AnyFunction =>
  function wrapper(...args) {
    const at = args.findIndex((arg, index) => index > 0 && typeof arg === 'function');
    const call = observer === undefined || inside > 0 || at < 0 ? undefined : observer.calling(wrapper);
    if (call === undefined) return original.apply(this, args);
    const callback = args[at] as AnyFunction;
    args[at] = function (this: unknown, ...results: unknown[]): unknown {
      const [, dir] = results;
      if (dir instanceof Dir) observer?.directory(call, dir);
      return outside(() => callback.apply(this, results));
    };
    return within(() => original.apply(this, args));
  };

const opendirPromised = (original: AnyFunction): AnyFunction =>
  function wrapper(...args) {
    const call = observer === undefined || inside > 0 ? undefined : observer.calling(wrapper);
    const promise = within(() => original.apply(this, args));
    if (call === undefined || typeof promise?.then !== 'function') return promise;
    return promise.then((dir: fs.Dir) => {
      observer?.directory(call, dir);
      return dir;
    });
  };

const closeSync = (original: AnyFunction): AnyFunction =>
  function wrapper(...args) {
    const closing = inside > 0 ? undefined : observer?.closing(args[0], wrapper);
    if (closing === undefined) return original.apply(this, args);
    try {
      const result = within(() => original.apply(this, args));
      closing.closed();
      return result;
    } catch (error) {
      closing.failed();
      throw error;
    }
  };

const close = (original: AnyFunction): AnyFunction =>
  function wrapper(...args) {
    const callback: unknown = args[1];
    if (callback !== undefined && typeof callback !== 'function') return original.apply(this, args);
    const closing = inside > 0 ? undefined : observer?.closing(args[0], wrapper);
    if (closing === undefined || callback === undefined) return original.apply(this, args);
    args[1] = function (this: unknown, ...results: unknown[]): unknown {
      if (results[0] === null || results[0] === undefined) closing.closed();
      else closing.failed();
      return outside(() => (callback as AnyFunction).apply(this, results));
    };
    return within(() => original.apply(this, args));
  };

/**
 * Makes `_construct` of a stream class a getter. Node's stream constructor reads it, so this is the moment a stream is made,
 * with its maker on the stack; and it calls what it has read when the file is opened, so the descriptor is known to be this
 * stream's. The classes themselves stay untouched.
 */
function hookStreams(prototype: FileStream): () => void {
  const before = Object.getOwnPropertyDescriptor(prototype, '_construct');
  const construct: unknown = before?.value;
  if (before === undefined || typeof construct !== 'function') return () => {};
  if (before.configurable !== true) throw frozen(prototype, '_construct');
  const hooked = function (this: FileStream, ...args: unknown[]): unknown {
    const outer = constructing;
    constructing = this;
    try {
      return (construct as AnyFunction).apply(this, args);
    } finally {
      constructing = outer;
    }
  };
  Object.defineProperties(hooked, Object.getOwnPropertyDescriptors(construct));
  const get = function (this: FileStream): unknown {
    if (Object.getOwnPropertyDescriptor(this, 'fd')?.value === null) observer?.stream(this, get);
    return hooked;
  };
  Object.defineProperty(prototype, '_construct', {
    configurable: true,
    enumerable: before.enumerable ?? true,
    get,
    set(this: object, value: unknown) {
      Object.defineProperty(this, '_construct', { configurable: true, enumerable: true, writable: true, value });
    },
  });
  return () => {
    if (Object.getOwnPropertyDescriptor(prototype, '_construct')?.get === get) {
      Reflect.defineProperty(prototype, '_construct', before);
    }
  };
}

/**
 * Watches all that is opened and closed through the public functions of `fs`, which every realm shares.
 * @returns puts everything back
 * @throws if one of them is frozen; all else is put back first
 */
export function hookFs<T>(watching: FsObserver<T>): () => void {
  const restore: (() => void)[] = [];
  const putBack = (): void => {
    observer = undefined;
    for (const put of restore.reverse()) put();
  };
  const hook = (target: object, name: string, make: (original: AnyFunction) => AnyFunction): void => {
    restore.push(wrap(target, name, make));
  };
  observer = watching as FsObserver<unknown>;
  try {
    for (const name of SELF_CONTAINED) hook(fs, name, selfContained);
    hook(fs, 'openSync', openSync);
    hook(fs, 'open', open);
    hook(fs, 'opendirSync', opendirSync);
    hook(fs, 'opendir', opendir);
    hook(fs, 'closeSync', closeSync);
    hook(fs, 'close', close);
    hook(promises, 'open', openHandle);
    hook(promises, 'opendir', opendirPromised);
    restore.push(hookStreams(fs.ReadStream.prototype), hookStreams(fs.WriteStream.prototype));
  } catch (error) {
    putBack();
    throw error;
  }
  return putBack;
}
