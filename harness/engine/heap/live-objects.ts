import { Session } from 'node:inspector';
import type { HeapGraph } from './heap-graph';

type Answered = (error: Error | null, result: unknown) => void;

// A probe may have put its own in their place.
const { connect, disconnect } = Session.prototype;
const post = Session.prototype.post as (method: string, params: object, answered: Answered) => void;

const TEXT = 'function () { return Function.prototype.toString.call(this); }';

/**
 * Asks the live objects behind the nodes of a snapshot what that does not show, through an inspector of the process's own that is there
 * no longer than that. It answers in the same turn, and so of the heap as the snapshot has it. A look-up walks the whole heap: about a
 * tenth of a second each.
 */
export class LiveObjects implements Disposable {
  readonly #graph: HeapGraph;
  #session: Session | undefined;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  /** What a function answers that is called on it; `undefined` where there is no inspector, or no such object any more. */
  ask<T>(node: number, fn: string): T | undefined {
    try {
      const id = String(this.#graph.columns.ids[node]);
      const found = this.#post('HeapProfiler.getObjectByHeapObjectId', { objectId: id });
      const { objectId } = (found as { result: { objectId?: string } }).result;
      const read = this.#post('Runtime.callFunctionOn', { objectId, functionDeclaration: fn, returnByValue: true });
      return (read as { result: { value: T } }).result.value;
    } catch {
      return undefined;
    }
  }

  /** The text of a function; empty if it cannot be read. */
  textOf(node: number): string {
    return this.ask<string>(node, TEXT) ?? '';
  }

  [Symbol.dispose](): void {
    if (this.#session !== undefined) disconnect.call(this.#session);
    this.#session = undefined;
  }

  #post(method: string, params: object): unknown {
    if (this.#session === undefined) {
      this.#session = new Session();
      connect.call(this.#session);
    }
    let answer: { readonly error: Error | null; readonly result: unknown } | undefined;
    post.call(this.#session, method, params, (error, result) => {
      answer = { error, result };
    });
    if (answer === undefined || answer.error !== null) throw answer?.error ?? new Error(`${method} did not answer`);
    return answer.result;
  }
}
