import { type Ephemeron, ephemeronsOf, isPair } from './ephemerons';
import { EDGE_TYPES, type HeapGraph } from './heap-graph';

/** What is taken out of the heap before it is searched. */
export interface Cuts {
  /** 1 for each node that holds nothing. */
  readonly cut: Uint8Array;
  /** What lives whatever is cut. */
  readonly seeds: readonly number[];
  /** Scopes that hold their own variables, and not those of the scopes around them. */
  readonly closed?: ReadonlySet<number>;
}

const INTERNAL = EDGE_TYPES.indexOf('internal');
const WEAK = EDGE_TYPES.indexOf('weak');

/**
 * Links that are no reason for anything to live: what an inspector keeps of `console` calls, and what an error or a promise keeps
 * of the functions on its stack until somebody reads it.
 */
const NO_REASON = [
  'DevTools console',
  '<symbol error_stack_symbol>',
  '<symbol call_site_info_symbol>',
  '<symbol promise_debug_message_symbol>',
  '<symbol promise_awaited_by_symbol>',
] as const;

/** Reachability in a snapshot: from its roots, along strong references, through the entries of a `WeakMap` whose key lives. */
export class Liveness {
  readonly #graph: HeapGraph;
  readonly #pairs: Uint8Array;
  readonly #ignored: Uint8Array;
  readonly #ephemerons: readonly Ephemeron[];
  readonly #previous: number;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.#pairs = graph.strings.containing(' / part of key (');
    this.#ephemerons = ephemeronsOf(graph, this.#pairs);
    this.#previous = graph.strings.indexOf('previous');
    this.#ignored = new Uint8Array(graph.strings.count);
    for (const index of Object.values(graph.strings.indicesOf(NO_REASON))) if (index >= 0) this.#ignored[index] = 1;
  }

  /** 1 for each node that is reachable in spite of what is cut. */
  reachable(cuts: Cuts): Uint8Array {
    const { cut, seeds } = cuts;
    const live = new Uint8Array(this.#graph.nodeCount);
    const queue = new Uint32Array(this.#graph.nodeCount);
    let length = 0;
    for (const root of [0, ...seeds]) {
      if (live[root] === 1 || cut[root] === 1) continue;
      live[root] = 1;
      queue[0] = root;
      length += this.#spread(live, cuts, queue);
    }
    for (let before = -1; before !== length; ) {
      before = length;
      for (const { table, key, value } of this.#ephemerons) {
        if (live[table] !== 1 || live[key] !== 1 || live[value] === 1 || cut[value] === 1) continue;
        live[value] = 1;
        queue[0] = value;
        length += this.#spread(live, cuts, queue);
      }
    }
    return live;
  }

  /** What they weigh together. */
  bytes(live: Uint8Array): number {
    const { sizes } = this.#graph.columns;
    let sum = 0;
    for (let node = 0; node < live.length; node++) if (live[node] === 1) sum += sizes[node] ?? 0;
    return sum;
  }

  /** Whether an edge holds what it leads to, entries of a `WeakMap` aside. */
  holds(from: number, edge: number, { closed }: Cuts): boolean {
    const { edgeTypes, edgeNames } = this.#graph.columns;
    const type = edgeTypes[edge] ?? WEAK;
    const name = edgeNames[edge] ?? 0;
    if (type === WEAK || isPair(this.#pairs, type, name)) return false;
    if (closed?.has(from) === true && type === INTERNAL && name === this.#previous) return false;
    return !(isNamed[type] && this.#ignored[name] === 1);
  }

  /** The values that live with a key, by key, as far as their map lives. */
  valuesByKey(live: Uint8Array): ReadonlyMap<number, readonly number[]> {
    const values = new Map<number, number[]>();
    for (const { table, key, value } of this.#ephemerons) {
      if (live[table] !== 1 || live[key] !== 1 || live[value] !== 1) continue;
      const known = values.get(key);
      if (known === undefined) values.set(key, [value]);
      else known.push(value);
    }
    return values;
  }

  /** How many nodes it came to see. */
  #spread(live: Uint8Array, cuts: Cuts, queue: Uint32Array): number {
    const { cut } = cuts;
    const { firstEdges, edgeTargets } = this.#graph.columns;
    let head = 0;
    let tail = 1;
    while (head < tail) {
      const node = queue[head++] ?? 0;
      const end = firstEdges[node + 1] ?? 0;
      for (let edge = firstEdges[node] ?? 0; edge < end; edge++) {
        const target = edgeTargets[edge] ?? 0;
        if (live[target] === 1 || cut[target] === 1 || !this.holds(node, edge, cuts)) continue;
        live[target] = 1;
        queue[tail++] = target;
      }
    }
    return tail;
  }
}

const isNamed = EDGE_TYPES.map((type) => type !== 'element' && type !== 'hidden');
