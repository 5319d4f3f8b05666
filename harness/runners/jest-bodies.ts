import type { Scope } from '../engine/scope';
import type { Surroundings } from '../engine/surroundings';
import type { CircusDescribe, CircusFn, CircusHook, CircusTest } from './jest-circus';

const isAroundEach = ({ type }: CircusHook): boolean => type === 'beforeEach' || type === 'afterEach';

/** All that is written in a block, save in the one within it that is left out. */
function bodiesIn(block: CircusDescribe, without: CircusDescribe | undefined): readonly CircusTest['fn'][] {
  return [
    ...block.hooks.map(({ fn }) => fn),
    ...block.children.flatMap((child) => {
      if (child.type === 'test') return [child.fn];
      return child === without ? [] : bodiesIn(child, undefined);
    }),
  ];
}

/** Bodies of tests and hooks as the user wrote them, by what takes their place; gone when jest-circus lets go of that. */
export class JestBodies {
  readonly #written = new WeakMap<CircusFn, CircusFn>();

  has(body: CircusFn): boolean {
    return this.#written.has(body);
  }

  add(wrapped: CircusFn, written: CircusFn): void {
    this.#written.set(wrapped, written);
  }

  /** The code around a test; `undefined` for none. */
  around(test: CircusTest | undefined, scope: Scope): Surroundings | undefined {
    if (test === undefined) return undefined;
    const blocks: [CircusDescribe, Scope][] = [];
    let outer = scope.parent;
    // Those of the attempt at hand: a `describe` that is retried as a whole has a scope for each.
    for (let block: CircusDescribe | undefined = test.parent; block !== undefined && outer !== undefined; ) {
      blocks.unshift([block, outer]);
      block = block.parent;
      outer = outer.parent;
    }
    // Jest runs none of them around tests that run at once.
    const eachHooks =
      test.concurrent === true ? [] : blocks.flatMap(([{ hooks }]) => hooks.filter(isAroundEach).map(({ fn }) => fn));
    return {
      own: this.#asWritten([test.fn, ...eachHooks]),
      suites: blocks.map(([block, suite], index) => ({
        scope: suite,
        bodies: this.#asWritten(bodiesIn(block, blocks[index + 1]?.[0])),
        before: this.#asWritten(block.hooks.filter(({ type }) => type === 'beforeAll').map(({ fn }) => fn)),
      })),
    };
  }

  #asWritten(bodies: readonly (CircusFn | undefined | null)[]): readonly CircusFn[] {
    return bodies.flatMap((body) => (typeof body === 'function' ? (this.#written.get(body) ?? []) : []));
  }
}
