import { Session } from 'node:inspector';
import type { HeapGraph } from './heap-graph';
import type { Table } from './tables';

type Answered = (error: Error | null, result: unknown) => void;

// A probe may have put its own in their place.
const { connect, disconnect } = Session.prototype;
const post = Session.prototype.post as (method: string, params: object, answered: Answered) => void;

/** A look-up walks the whole heap: about a tenth of a second each. */
const MOST_LOOKED_UP = 4;

/** What runs on a live map: the keys of those entries whose value is an object, numbers as text, others as null. */
const READ = `function () {
  const keys = [];
  Map.prototype.forEach.call(this, (value, key) => {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function')
      keys.push(typeof key === 'number' ? String(key) : null);
  });
  return keys;
}`;

/**
 * Numbers as keys of maps: a snapshot does not show them, so the live map is asked, through an inspector of the process's own that
 * is there no longer than that. It answers in the same turn, and so of the heap as the snapshot has it.
 */
export class NumberKeys implements Disposable {
  readonly #graph: HeapGraph;
  readonly #known = new Map<number, readonly (string | null)[] | undefined>();
  #session: Session | undefined;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  /** The key of a map's entry whose value is an object; `undefined` if it cannot be told. */
  keyOf(map: number, table: Table, entry: number): string | undefined {
    if (!this.#known.has(map)) this.#known.set(map, this.#known.size < MOST_LOOKED_UP ? this.#ask(map) : undefined);
    const keys = this.#known.get(map);
    const entries = table.entriesOfObjects();
    return keys?.length === entries.size ? (keys[entries.get(entry) ?? -1] ?? undefined) : undefined;
  }

  [Symbol.dispose](): void {
    if (this.#session !== undefined) disconnect.call(this.#session);
    this.#session = undefined;
  }

  #ask(map: number): readonly (string | null)[] | undefined {
    try {
      const id = String(this.#graph.columns.ids[map]);
      const found = this.#post('HeapProfiler.getObjectByHeapObjectId', { objectId: id });
      const { objectId } = (found as { result: { objectId?: string } }).result;
      const read = this.#post('Runtime.callFunctionOn', { objectId, functionDeclaration: READ, returnByValue: true });
      return (read as { result: { value: (string | null)[] } }).result.value;
    } catch {
      // No inspector, or no such object any more: then the key is only known to be a number.
      return undefined;
    }
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
