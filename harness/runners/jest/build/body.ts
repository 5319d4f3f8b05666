/*
 * Why this folder: the one frame that a gated test has more than an ungated one is in this file, and Jest leaves frames whose
 * path contains `jest/build/` out of the stacks it prints (`JEST_INTERNALS_IGNORE` in jest-message-util, 29 and later).
 * Users then read the same stacks as without the gate.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';
import type { CircusFn } from '../../jest-circus';

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor as { new (): unknown };
const tagOf = Object.prototype.toString;
const { apply } = Reflect;
const { bind } = Function.prototype;

/** `fn` with its `this` fixed, whatever a test made of `Function.prototype`. */
const bound = (fn: CircusFn, self: unknown): ((...args: unknown[]) => unknown) => apply(bind, fn, [self]);

/** Generator functions of the sandbox are of another realm, and known by their tag. */
const isGenerator = (fn: CircusFn): boolean =>
  fn instanceof GeneratorFunction || apply(tagOf, fn, []) === '[object GeneratorFunction]';

/**
 * A body that runs `fn` with what `current` answers at its begin in `storage`, and looks the same to Jest: as many parameters (one means a
 * `done` callback), a generator if `fn` is one, the same `this`, result and exceptions.
 */
export function wrapBody<T>(fn: CircusFn, storage: AsyncLocalStorage<T>, current: () => T): CircusFn {
  if (isGenerator(fn)) return wrapGenerator(fn, storage, current);
  return fn.length === 0
    ? function (this: unknown) {
        return storage.run(current(), bound(fn, this));
      }
    : function (this: unknown, done: unknown) {
        return storage.run(current(), bound(fn, this), done);
      };
}

type Steps = Iterator<unknown, unknown, unknown>;

/** Every step of the generator runs with the same in `storage`; what it yields is still Jest's to wait for. */
function wrapGenerator<T>(fn: CircusFn, storage: AsyncLocalStorage<T>, current: () => T): CircusFn {
  return function* (this: unknown) {
    const here = current();
    const steps = storage.run(here, bound(fn, this)) as Steps;
    const next = bound(steps.next as CircusFn, steps) as Steps['next'];
    const fail = bound((steps.throw ?? rethrow) as CircusFn, steps) as NonNullable<Steps['throw']>;
    let step = storage.run(here, next);
    while (step.done !== true) {
      let answer: unknown;
      try {
        answer = yield step.value;
      } catch (error) {
        step = storage.run(here, fail, error);
        continue;
      }
      step = storage.run(here, next, answer);
    }
    return step.value;
  };
}

function rethrow(error: unknown): never {
  throw error;
}
