import { EDGE_TYPES, type EdgeType, type HeapGraph, NODE_TYPES } from './heap-graph';

/**
 * What following a link costs a path: links that stand in the source are cheap, the engine's own are dear unless they are the only
 * way to what the source says (a closure to its scope, a `Map` to its table), and those that only describe (shapes, code,
 * prototypes) are next to forbidden.
 */
const INTERNAL_COSTS = {
  context: 4,
  previous: 25,
  extension: 4,
  table: 1,
  value: 2,
  bound_this: 10,
  bound_function: 10,
  reactions_or_result: 6,
  parameters_and_registers: 6,
  function: 40,
  native_to_javascript: 10,
  javascript_to_native: 10,
  properties: 60,
  elements: 60,
  shared: 200,
  feedback_cell: 200,
  code: 200,
  map: 200,
} as const;

const PROPERTY_COSTS = {
  __proto__: 80,
  constructor: 60,
  prototype: 40,
  '<symbol node:require_private_symbol>': 80,
} as const;

/** A link to it that is none of the source's. */
const DESCRIPTIVE = new Set<string>(['code', 'object shape']);

/** By the class of the holder, what its hidden fields cost. */
const HIDDEN_COSTS: Readonly<Record<string, number>> = {
  'system / Context': 10,
  'system / PromiseReaction': 4,
  'system / SourceTextModule': 5,
  'system / Cell': 2,
  'system / WeakCell': 6,
  FinalizationRegistry: 6,
};

/** The dearest link there is, less one for the next power of two. */
export const MOST_COST = 4095;

/** Costs of all links of one snapshot. */
export class LinkCosts {
  readonly #graph: HeapGraph;
  readonly #byEdgeName: Readonly<Record<'internal' | 'property', ReadonlyMap<number, number>>>;
  readonly #byNodeName: ReadonlyMap<number, number>;
  readonly #descriptive: readonly boolean[] = NODE_TYPES.map((type) => DESCRIPTIVE.has(type));
  readonly #array = NODE_TYPES.indexOf('array');
  /** A number from 0 to 7 for each name, the same on every machine: of two ways equally dear always one and the same is taken. */
  readonly #ties = new Map<number, number>();

  readonly #isForeign: (node: number) => boolean;
  readonly #context: number;

  /** @param isForeign whether a function is not the user's: what its scope holds is no way a person would look */
  constructor(graph: HeapGraph, isForeign: (node: number) => boolean) {
    this.#graph = graph;
    this.#isForeign = isForeign;
    this.#context = graph.strings.indexOf('context');
    this.#byEdgeName = {
      internal: costsByIndex(graph, INTERNAL_COSTS),
      property: costsByIndex(graph, PROPERTY_COSTS),
    };
    this.#byNodeName = costsByIndex(graph, HIDDEN_COSTS);
  }

  /** Between 8 and `MOST_COST`. */
  of(from: number, edge: number): number {
    const { types, edgeNames, edgeTypes, edgeTargets } = this.#graph.columns;
    const type = EDGE_TYPES[edgeTypes[edge] ?? 0] ?? 'hidden';
    const cost = this.#plain(from, type, edgeNames[edge] ?? 0);
    const penalty = this.#descriptive[types[edgeTargets[edge] ?? 0] ?? 0] === true ? 200 : 0;
    return (cost + penalty) * 8 + this.#tie(type, edgeNames[edge] ?? 0);
  }

  #plain(from: number, type: EdgeType, name: number): number {
    const { types, names } = this.#graph.columns;
    switch (type) {
      case 'context':
      case 'element':
      case 'shortcut':
        return 10;
      case 'property':
        return this.#byEdgeName.property.get(name) ?? 10;
      case 'internal':
        if (name === this.#context && this.#isForeign(from)) return 45;
        return this.#byEdgeName.internal.get(name) ?? (types[from] === this.#array ? 8 : 30);
      case 'hidden':
      case 'weak':
        return this.#byNodeName.get(names[from] ?? -1) ?? 60;
    }
  }

  #tie(type: EdgeType, name: number): number {
    if (type === 'element' || type === 'hidden' || type === 'internal') return 0;
    let tie = this.#ties.get(name);
    if (tie === undefined) {
      tie = 0;
      for (const char of this.#graph.strings.at(name).slice(0, 64))
        tie = (tie * 31 + (char.codePointAt(0) ?? 0)) & 0xffff;
      tie %= 8;
      this.#ties.set(name, tie);
    }
    return tie;
  }
}

function costsByIndex(graph: HeapGraph, costs: Readonly<Record<string, number>>): ReadonlyMap<number, number> {
  const indices = graph.strings.indicesOf(Object.keys(costs));
  return new Map(Object.entries(costs).map(([name, cost]) => [indices[name] ?? -1, cost]));
}
