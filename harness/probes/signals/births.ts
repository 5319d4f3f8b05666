import { asObject, field } from '../../engine/native';
import type { Beginning, Recorder } from '../../engine/probe';
import { StackBudget } from '../../engine/stack-budget';
import type { Patches } from '../patching/patch';

/** Where a signal comes from: who answers for it, and the opening of the `AbortSignal.timeout` it is. */
export interface Birth {
  readonly answers: object | undefined;
  readonly timeout?: { readonly beginning: Beginning; readonly delayMs: number };
}

const { construct, apply } = Reflect;

type Getter = (this: object) => unknown;

/**
 * Remembers where abort signals are made. A listener on a signal of the test's own dies with the signal, one on a signal from
 * outside stays: without the birth the two cannot be told apart while a variable of the test file holds the signal.
 */
export class SignalBirths {
  readonly #births = new WeakMap<object, Birth>();
  readonly #recorder: Recorder;
  readonly #budget = new StackBudget(32, 1);

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** `undefined` for a signal nobody saw being made: of a `Request`, of a controller from elsewhere. */
  of(signal: object): Birth | undefined {
    return this.#births.get(signal);
  }

  /** Watches the controllers and signals that the code of `global` can make. */
  watch(global: Record<PropertyKey, unknown>, patches: Patches): void {
    this.#watchControllers(global, patches);
    const signals = asObject(global.AbortSignal);
    if (signals === undefined) return;
    this.#watchTimeouts(signals, patches);
    patches.method(signals, 'any', (_self, args, call) => {
      const sources = Array.isArray(args[0]) ? (args[0] as readonly object[]) : undefined;
      const signal = call() as object;
      const here = this.#recorder.acting();
      // It lives as long as the source that lives longest; a timeout holds on to what depends on it.
      const own = sources?.every((source) => {
        const birth = this.#births.get(source);
        return birth !== undefined && birth.answers === here && birth.timeout === undefined;
      });
      if (own === true) this.#births.set(signal, { answers: here });
      return signal;
    });
  }

  #watchTimeouts(signals: object, patches: Patches): void {
    patches.method(signals, 'timeout', (_self, args, call, wrapper) => {
      // Of a page's making it works by a timer that nobody can clear, and that goes with the page.
      const signal = this.#recorder.unrecorded(call) as object;
      const beginning = this.#recorder.beginning(wrapper);
      this.#births.set(signal, {
        answers: beginning.answers,
        timeout: { beginning, delayMs: Number(args[0]) },
      });
      return signal;
    });
  }

  #watchControllers(global: Record<PropertyKey, unknown>, patches: Patches): void {
    const Controller = global.AbortController as (new () => AbortController) | undefined;
    const signalOf = Object.getOwnPropertyDescriptor(Controller?.prototype ?? {}, 'signal')?.get as Getter | undefined;
    if (Controller === undefined) return;
    const births = this.#births;
    const recorder = this.#recorder;
    const budget = this.#budget;
    const made = (target: typeof Controller, args: unknown[], newTarget: typeof Controller): AbortController => {
      const controller = construct(target, args, newTarget) as AbortController;
      // In happy-dom it is a field.
      const signal = asObject(signalOf === undefined ? field(controller, 'signal') : apply(signalOf, controller, []));
      if (signal === undefined) return controller;
      // With a stack as long as that is affordable: it knows a module that is being loaded from the test that loads it.
      const answers = budget.spend() ? recorder.beginning(made).answers : recorder.acting();
      births.set(signal, { answers });
      return controller;
    };
    const watched = new Proxy(Controller, { construct: made as ProxyHandler<typeof Controller>['construct'] & {} });
    patches.property(global, 'AbortController', {
      configurable: true,
      enumerable: Object.getOwnPropertyDescriptor(global, 'AbortController')?.enumerable ?? false,
      writable: true,
      value: watched,
    });
    patches.property(Controller.prototype, 'constructor', {
      configurable: true,
      enumerable: Object.getOwnPropertyDescriptor(Controller.prototype, 'constructor')?.enumerable ?? false,
      writable: true,
      value: watched,
    });
  }
}
