import type { HeapStrings } from './heap-strings';

/** Types of nodes as V8 names them, by the numbers used here. */
export const NODE_TYPES = [
  'hidden',
  'array',
  'string',
  'object',
  'code',
  'closure',
  'regexp',
  'number',
  'native',
  'synthetic',
  'concatenated string',
  'sliced string',
  'symbol',
  'bigint',
  'object shape',
  'wasm object',
] as const;

/** Types of edges as V8 names them, by the numbers used here. */
export const EDGE_TYPES = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'] as const;

export type NodeType = (typeof NODE_TYPES)[number];
export type EdgeType = (typeof EDGE_TYPES)[number];

const isNumbered = new Set<EdgeType>(['element', 'hidden']);

/** What a snapshot's columns are, one element a node or an edge: 25 bytes for a node that takes about 30 in the file. */
export interface HeapColumns {
  readonly types: Uint8Array;
  readonly names: Uint32Array;
  readonly ids: Uint32Array;
  readonly sizes: Uint32Array;
  /** Index of a node's first edge; one more for the end of the last. */
  readonly firstEdges: Uint32Array;
  /** V8's number of the script that a closure, or an object's constructor, stands in; 0 if there is none. */
  readonly scripts: Uint32Array;
  readonly edgeTypes: Uint8Array;
  /** Index of a string, or a number for elements and hidden fields. */
  readonly edgeNames: Uint32Array;
  readonly edgeTargets: Uint32Array;
}

/** A place in a script, both 0-based. */
export interface HeapPlace {
  readonly line: number;
  readonly column: number;
}

/** The heap as a snapshot shows it: nodes by number, edges by number. */
export class HeapGraph {
  readonly columns: HeapColumns;
  readonly strings: HeapStrings;
  readonly nodeCount: number;
  readonly #places: ReadonlyMap<number, HeapPlace>;

  constructor(columns: HeapColumns, strings: HeapStrings, places: ReadonlyMap<number, HeapPlace>) {
    this.columns = columns;
    this.strings = strings;
    this.nodeCount = columns.types.length;
    this.#places = places;
  }

  /** Where the function of a closure begins. */
  placeOf(node: number): HeapPlace | undefined {
    return this.#places.get(node);
  }

  typeOf(node: number): NodeType {
    return NODE_TYPES[this.columns.types[node] ?? 0] ?? 'hidden';
  }

  /** Class of an object, name of a function, text of a string, path of a script. */
  nameOf(node: number): string {
    return this.strings.at(this.columns.names[node] ?? -1);
  }

  firstEdge(node: number): number {
    return this.columns.firstEdges[node] ?? 0;
  }

  /** The edge after a node's last. */
  endEdge(node: number): number {
    return this.columns.firstEdges[node + 1] ?? 0;
  }

  edgeType(edge: number): EdgeType {
    return EDGE_TYPES[this.columns.edgeTypes[edge] ?? 0] ?? 'hidden';
  }

  /** Name of a property, a variable or a field of the engine's; the number of an element. */
  edgeName(edge: number): string {
    const name = this.columns.edgeNames[edge] ?? 0;
    return isNumbered.has(this.edgeType(edge)) ? String(name) : this.strings.at(name);
  }

  target(edge: number): number {
    return this.columns.edgeTargets[edge] ?? 0;
  }

  /** The first edge of this type and name, both compared: a variable may bear the name of one of V8's own fields. */
  edgeTo(node: number, type: EdgeType, name: string): number | undefined {
    const index = isNumbered.has(type) ? Number(name) : this.strings.indexOf(name);
    const code = EDGE_TYPES.indexOf(type);
    const { edgeNames, edgeTypes } = this.columns;
    for (let edge = this.firstEdge(node); edge < this.endEdge(node); edge++) {
      if (edgeNames[edge] === index && edgeTypes[edge] === code) return edge;
    }
    return undefined;
  }

  /** What that edge leads to. */
  follow(node: number, type: EdgeType, name: string): number | undefined {
    const edge = this.edgeTo(node, type, name);
    return edge === undefined ? undefined : this.target(edge);
  }

  /** Whether a node is of this type and name, both compared. */
  is(node: number, type: NodeType, name: string): boolean {
    return this.columns.names[node] === this.strings.indexOf(name) && this.typeOf(node) === type;
  }

  /** All edges of a node. */
  *edges(node: number): Generator<number> {
    for (let edge = this.firstEdge(node); edge < this.endEdge(node); edge++) yield edge;
  }
}
