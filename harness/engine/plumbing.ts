import { type Opening, OUTSIDE } from './opening';
import type { Watch } from './probe';

const { getPrototypeOf } = Object;
const { prototype } = Function;
const textOf = prototype.toString;

/** A promise's `resolve`, a bound function: armed by anybody. */
const NATIVE = '{ [native code] }';

const codeOf = (callback: unknown): string | undefined => {
  const text = typeof callback === 'function' ? textOf.call(callback) : '';
  return text === '' || text.endsWith(NATIVE) ? undefined : text;
};

/** Whether a function is of the harness's own realm, and so not of a sandbox's: no test made it. */
export const isOurs = (callback: unknown): boolean =>
  typeof callback === 'function' && getPrototypeOf(callback) === prototype;

/** What Node arms for itself, its frames left out. */
const NODES: Opening = { ...OUTSIDE, inner: 'node:internal/timers', hostOnly: false, forItself: 'node' };

/**
 * Callbacks that Node and the runner arm for themselves (at the end of every HTTP/2 stream, for every test's deadline), by their
 * text: one stack tells what they are, and those that follow need none.
 */
export class Plumbing {
  readonly #nodes = new Map<string, Opening>();
  readonly #runners = new Map<string, Opening>();

  /**
   * The opening of what is known to be nobody's business, its frames left out.
   * @param lined it was armed by a scope's code, so the runner was not at work for itself
   */
  openingOf(watch: Watch, resource: object, lined: boolean): Opening | undefined {
    if (watch.isNodes?.(resource) === true) return NODES;
    const callback = watch.callback?.(resource);
    if (callback === undefined) return undefined;
    const known = isOurs(callback) ? this.#nodes : this.#runners;
    if (known.size === 0 || (lined && known === this.#runners)) return undefined;
    const code = codeOf(callback);
    return code === undefined ? undefined : known.get(code);
  }

  /** Remembers `resource` if its opening says that Node or the runner armed it for itself. */
  learn(watch: Watch, resource: object, opening: Opening): void {
    const callback = watch.callback?.(resource);
    const code = codeOf(callback);
    if (code === undefined || opening.atImport || opening.byPlugin) return;
    // Both, for a page's `setTimeout` is the environment's own code, too.
    const isNodes = opening.forItself === 'node' && isOurs(callback) && watch.isPlumbing?.(opening) === true;
    if (isNodes) this.#nodes.set(code, { ...opening, frames: [] });
    else if (opening.forItself === 'runner' && !isOurs(callback)) this.#runners.set(code, { ...opening, frames: [] });
  }
}
