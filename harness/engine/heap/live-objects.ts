import type { HeapProfiler, Runtime } from 'node:inspector';
import { InspectorSession } from '../inspector-session';
import type { HeapGraph } from './heap-graph';

const TEXT = 'function () { return Function.prototype.toString.call(this); }';

/**
 * Asks the live objects behind the nodes of a snapshot what that does not show, through an inspector of the process's own that is there
 * no longer than that. It answers in the same turn, and so of the heap as the snapshot has it. A look-up walks the whole heap: about a
 * tenth of a second each.
 */
export class LiveObjects implements Disposable {
  readonly #graph: HeapGraph;
  #session: InspectorSession | undefined;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  /** What a function answers that is called on it; `undefined` where there is no inspector, or no such object any more. */
  ask<T>(node: number, fn: string): T | undefined {
    try {
      this.#session ??= new InspectorSession();
      const id = String(this.#graph.columns.ids[node]);
      const found = this.#session.post<HeapProfiler.GetObjectByHeapObjectIdReturnType>(
        'HeapProfiler.getObjectByHeapObjectId',
        { objectId: id },
      );
      const asked = { objectId: found.result.objectId, functionDeclaration: fn, returnByValue: true };
      return this.#session.post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', asked).result.value as T;
    } catch {
      return undefined;
    }
  }

  /** The text of a function; empty if it cannot be read. */
  textOf(node: number): string {
    return this.ask<string>(node, TEXT) ?? '';
  }

  [Symbol.dispose](): void {
    this.#session?.[Symbol.dispose]();
    this.#session = undefined;
  }
}
