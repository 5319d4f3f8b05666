import type { HeapGraph, NodeType } from './heap-graph';

/** Where in the table behind a `Map` or a `Set` something stands. */
export interface TableSlot {
  readonly part: 'key' | 'value';
  /** Number of the entry. */
  readonly entry: number;
}

/** Words before the first slot of an array: its shape and its length. */
const ARRAY_HEADER_BYTES = 16;
const WORD_BYTES = 8;
/** Counts of entries, of deleted ones and of buckets. */
const TABLE_HEADER = 3;
const PER_BUCKET = 2;
const OBJECTS = new Set<NodeType>(['object', 'closure', 'regexp', 'native', 'wasm object']);

/**
 * Reads V8's ordered hash tables: three counts, one slot a bucket, two entries a bucket; an entry is the key, for a `Map` the
 * value, and the link of its chain. The same on Node 20 to 26.
 */
export class Table {
  readonly #graph: HeapGraph;
  readonly #node: number;
  readonly #isMap: boolean;
  readonly #start: number;

  constructor(graph: HeapGraph, node: number, isMap: boolean) {
    this.#graph = graph;
    this.#node = node;
    this.#isMap = isMap;
    const slots = Math.floor(((graph.columns.sizes[node] ?? 0) - ARRAY_HEADER_BYTES) / WORD_BYTES);
    const buckets = Math.floor((slots - TABLE_HEADER) / (1 + PER_BUCKET * this.#width));
    this.#start = TABLE_HEADER + buckets;
  }

  get #width(): number {
    return this.#isMap ? 3 : 2;
  }

  /** What stands at a slot; `undefined` for what is none of an entry's. */
  slot(index: number): TableSlot | undefined {
    const offset = index - this.#start;
    const part = offset % this.#width;
    if (!(offset >= 0) || part > (this.#isMap ? 1 : 0)) return undefined;
    return { part: part === 0 ? 'key' : 'value', entry: Math.floor(offset / this.#width) };
  }

  /** The node of an entry's key; `undefined` for a number. */
  keyOf(entry: number): number | undefined {
    return this.#graph.follow(this.#node, 'internal', String(this.#start + entry * this.#width));
  }

  /** Entries whose value is an object or a function, in their order. */
  entriesOfObjects(): readonly number[] {
    const entries: number[] = [];
    for (const edge of this.#graph.edges(this.#node)) {
      const slot =
        this.#graph.edgeType(edge) === 'internal' ? this.slot(Number(this.#graph.edgeName(edge))) : undefined;
      if (slot?.part === 'value' && OBJECTS.has(this.#graph.typeOf(this.#graph.target(edge)))) entries.push(slot.entry);
    }
    return entries.sort((a, b) => a - b);
  }

  /** How many entries; those of nothing but numbers and the like cannot be seen. */
  count(): number {
    const entries = new Set<number>();
    for (const edge of this.#graph.edges(this.#node)) {
      const slot =
        this.#graph.edgeType(edge) === 'internal' ? this.slot(Number(this.#graph.edgeName(edge))) : undefined;
      if (slot !== undefined) entries.add(slot.entry);
    }
    return entries.size;
  }
}
