import type { CircusFn } from './jest-circus';

type Run = <T>(body: () => T) => T;

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor as { new (): unknown };

/** Generator functions of the sandbox are of another realm, and known by their tag. */
const isGenerator = (fn: CircusFn): boolean =>
  fn instanceof GeneratorFunction || Object.prototype.toString.call(fn) === '[object GeneratorFunction]';

/**
 * A body that runs `fn` through `run`, and looks the same to Jest: as many parameters (one means a `done` callback), a generator
 * if `fn` is one, the same `this`, result and exceptions.
 */
export function wrapBody(fn: CircusFn, run: Run): CircusFn {
  if (isGenerator(fn)) return wrapGenerator(fn, run);
  return fn.length === 0
    ? function (this: unknown) {
        return run(() => fn.call(this));
      }
    : function (this: unknown, done: unknown) {
        return run(() => fn.call(this, done));
      };
}

/** Every step of the generator runs through `run`; what it yields is still Jest's to wait for. */
function wrapGenerator(fn: CircusFn, run: Run): CircusFn {
  return function* (this: unknown) {
    const steps = run(() => fn.call(this)) as Iterator<unknown, unknown, unknown>;
    let step = run(() => steps.next());
    while (step.done !== true) {
      let answer: unknown;
      try {
        answer = yield step.value;
      } catch (error) {
        step = run(() => throwInto(steps, error));
        continue;
      }
      step = run(() => steps.next(answer));
    }
    return step.value;
  };
}

function throwInto(steps: Iterator<unknown, unknown, unknown>, error: unknown): IteratorResult<unknown, unknown> {
  if (steps.throw === undefined) throw error;
  return steps.throw(error);
}
