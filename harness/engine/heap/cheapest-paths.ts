import type { HeapGraph } from './heap-graph';
import { type LinkCosts, MOST_COST } from './link-costs';
import type { Cuts, Liveness } from './liveness';
import type { NamedRoot } from './named-roots';

/** One link of a path. */
export interface Link {
  readonly from: number;
  readonly to: number;
  /** `undefined` for an entry of a `WeakMap`: the key, which lives, holds it. */
  readonly edge: number | undefined;
}

/** From a root that has a name to an object. */
export interface HeapPath {
  readonly root: NamedRoot;
  readonly links: readonly Link[];
}

/** The entry of a `WeakMap` costs a little more than a property. */
const ENTRY_COST = 12 * 8;
const NONE = 0xffffffff;
const ENTRY = 0xfffffffe;

/**
 * The cheapest paths from the roots to each of the targets, along what lives. Dijkstra's search, with a ring of buckets for a
 * queue: costs are small whole numbers.
 */
export function cheapestPaths(
  graph: HeapGraph,
  search: {
    readonly roots: readonly NamedRoot[];
    readonly targets: ReadonlySet<number>;
    readonly live: Uint8Array;
    readonly cuts: Cuts;
    readonly liveness: Pick<Liveness, 'holds' | 'valuesByKey'>;
    readonly costs: LinkCosts;
  },
): ReadonlyMap<number, HeapPath> {
  const { live, cuts, liveness, costs } = search;
  const values = liveness.valuesByKey(live);
  const best = new Uint32Array(graph.nodeCount).fill(NONE);
  const from = new Uint32Array(graph.nodeCount);
  const via = new Uint32Array(graph.nodeCount).fill(NONE);
  const rootOf = new Map<number, NamedRoot>();
  const ring: number[][] = Array.from({ length: MOST_COST + 1 }, () => []);
  let waiting = 0;
  const reach = (node: number, cost: number, holder: number, edge: number): void => {
    if (live[node] !== 1 || cost >= (best[node] ?? 0)) return;
    best[node] = cost;
    from[node] = holder;
    via[node] = edge;
    ring[cost & MOST_COST]?.push(node);
    waiting++;
  };
  for (const root of search.roots) {
    const cost = root.cost * 8;
    if (live[root.node] !== 1 || cost >= (best[root.node] ?? 0)) continue;
    reach(root.node, cost, NONE, NONE);
    rootOf.set(root.node, root);
  }
  const missing = new Set(search.targets);
  for (let cost = 0; waiting > 0 && missing.size > 0; cost++) {
    const bucket = ring[cost & MOST_COST] ?? [];
    for (let node = bucket.pop(); node !== undefined; node = bucket.pop()) {
      waiting--;
      if (best[node] !== cost) continue;
      missing.delete(node);
      const end = graph.endEdge(node);
      for (let edge = graph.firstEdge(node); edge < end; edge++) {
        const target = graph.target(edge);
        // Asked first, for most have been reached at less: the costs are not looked up in vain.
        if (live[target] !== 1 || cost >= (best[target] ?? 0) || !liveness.holds(node, edge, cuts)) continue;
        reach(target, cost + costs.of(node, edge), node, edge);
      }
      for (const value of values.get(node) ?? []) reach(value, cost + ENTRY_COST, node, ENTRY);
    }
  }
  const paths = new Map<number, HeapPath>();
  for (const target of search.targets) {
    if (missing.has(target)) continue;
    const links: Link[] = [];
    let node = target;
    while (via[node] !== NONE) {
      const holder = from[node] ?? 0;
      links.push({ from: holder, to: node, edge: via[node] === ENTRY ? undefined : via[node] });
      node = holder;
    }
    const root = rootOf.get(node);
    if (root !== undefined) paths.set(target, { root, links: links.reverse() });
  }
  return paths;
}
