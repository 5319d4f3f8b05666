type Start = (this: object, path: unknown, ...rest: unknown[]) => unknown;

/** Remembers the path each handle of a native class was started on: neither it nor its owner keeps it. */
export interface StartedPaths {
  of(handle: object): string | undefined;
  /** Puts the native class back as it was. */
  stop(): void;
}

/**
 * Listens in on `start(path, …)` of the native class of `handle`. Nothing else is changed: the class is Node's own and no test
 * sees it.
 */
export function startedPaths(handle: object): StartedPaths {
  const prototype = Object.getPrototypeOf(handle) as object;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'start');
  const original = descriptor?.value as Start | undefined;
  const paths = new WeakMap<object, string>();
  if (descriptor === undefined || original === undefined) return { of: () => undefined, stop: () => {} };
  const start: Start = function (path, ...rest) {
    paths.set(this, String(path));
    return Reflect.apply(original, this, [path, ...rest]);
  };
  Object.defineProperty(prototype, 'start', { ...descriptor, value: start });
  return {
    of: (each) => paths.get(each),
    stop() {
      if (Object.getOwnPropertyDescriptor(prototype, 'start')?.value !== start) return;
      Object.defineProperty(prototype, 'start', descriptor);
    },
  };
}
