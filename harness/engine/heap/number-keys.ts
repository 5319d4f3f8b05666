import type { HeapGraph } from './heap-graph';
import { LiveObjects } from './live-objects';
import type { Table } from './tables';

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

/** Numbers as keys of maps: a snapshot does not show them, so the live map is asked. */
export class NumberKeys implements Disposable {
  readonly #live: LiveObjects;
  readonly #known = new Map<number, readonly (string | null)[] | undefined>();

  constructor(graph: HeapGraph) {
    this.#live = new LiveObjects(graph);
  }

  /** The key of a map's entry whose value is an object; `undefined` if it cannot be told. */
  keyOf(map: number, table: Table, entry: number): string | undefined {
    if (!this.#known.has(map)) {
      const keys =
        this.#known.size < MOST_LOOKED_UP ? this.#live.ask<readonly (string | null)[]>(map, READ) : undefined;
      this.#known.set(map, keys);
    }
    const keys = this.#known.get(map);
    const entries = table.entriesOfObjects();
    return keys?.length === entries.size ? (keys[entries.get(entry) ?? -1] ?? undefined) : undefined;
  }

  [Symbol.dispose](): void {
    this.#live[Symbol.dispose]();
  }
}
