import type { Opening, OpeningCamera, Reach } from './opening';
import { Plumbing } from './plumbing';
import type { Watch } from './probe';
import type { StackBudget, StackPolicy } from './stack-budget';

/** What the ledger spends on knowing lines: stacks are the only real cost of the gate. */
export class Stacks {
  readonly #camera: OpeningCamera;
  /** Every one is captured, of promises too. */
  readonly all: boolean;
  readonly #plumbing = new Plumbing();
  /** How many were captured. */
  count = 0;

  constructor(camera: OpeningCamera, policy: StackPolicy) {
    this.#camera = camera;
    this.all = policy === 'all';
  }

  /** Whether one may be captured now. */
  may(budget: StackBudget): boolean {
    return this.all || budget.spend();
  }

  /** Whether what has no lineage may have a stack, without which nobody would ever know of it: what comes and goes, while the budget lasts. */
  mayTell(budget: StackBudget, watch: Watch, resource: object): boolean {
    return watch.transient !== true || watch.lasts?.(resource) === true || this.all || budget.spend(1);
  }

  /** The stack above `above`. */
  take(above: (...args: never[]) => unknown, reach: Reach = 'far', alike: object = above): Opening | undefined {
    this.count++;
    return this.#camera.take(above, reach, alike);
  }

  /** The stack above `above` of what a hook has announced; one like it may need none from now on. */
  takeOf(above: (...args: never[]) => unknown, watch: Watch, resource: object, reach: Reach): Opening | undefined {
    const opening = this.take(above, reach, watch);
    if (opening !== undefined && !this.all) this.#plumbing.learn(watch, resource, opening);
    return opening;
  }

  /** What is known of a resource without a stack. */
  known(watch: Watch, resource: object, lined: boolean): Opening | undefined {
    return this.all ? undefined : this.#plumbing.openingOf(watch, resource, lined);
  }

  /** The file of the code that called `above`, so many steps out. */
  callerOf(above: (...args: never[]) => unknown, steps: number): string | undefined {
    return this.#camera.callerOf(above, steps);
  }
}
