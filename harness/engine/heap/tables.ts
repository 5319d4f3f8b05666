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
/** What stands where an entry was deleted, on Node 22 and 24; the others show nothing there. */
const HOLE = 'system / Hole';
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
  #bySlot: ReadonlyMap<number, number> | undefined;
  #ofObjects: ReadonlyMap<number, number> | undefined;

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
    return this.#contents().get(this.#start + entry * this.#width);
  }

  /** Entries whose value is an object or a function, by entry the how manieth it is. */
  entriesOfObjects(): ReadonlyMap<number, number> {
    if (this.#ofObjects === undefined) {
      const entries: number[] = [];
      for (const [index, node] of this.#contents()) {
        const slot = this.slot(index);
        if (slot?.part === 'value' && OBJECTS.has(this.#graph.typeOf(node))) entries.push(slot.entry);
      }
      entries.sort((a, b) => a - b);
      this.#ofObjects = new Map(entries.map((entry, index) => [entry, index]));
    }
    return this.#ofObjects;
  }

  /** How many entries; those of nothing but numbers and the like cannot be seen. */
  count(): number {
    const entries = new Set<number>();
    for (const index of this.#contents().keys()) {
      const slot = this.slot(index);
      if (slot !== undefined) entries.add(slot.entry);
    }
    return entries.size;
  }

  /** Nodes by slot. */
  #contents(): ReadonlyMap<number, number> {
    if (this.#bySlot === undefined) {
      const contents = new Map<number, number>();
      for (const edge of this.#graph.edges(this.#node)) {
        const index = this.#graph.edgeType(edge) === 'internal' ? Number(this.#graph.edgeName(edge)) : Number.NaN;
        const target = this.#graph.target(edge);
        if (!Number.isNaN(index) && this.#graph.nameOf(target) !== HOLE) contents.set(index, target);
      }
      this.#bySlot = contents;
    }
    return this.#bySlot;
  }
}
