import type { HeapGraph } from './heap-graph';
import type { Scripts } from './scripts';

/** A function that an object has, by its own name. */
export interface Method {
  readonly name: string;
  /** Where it is written; `undefined` for the engine's own. */
  readonly file: string | undefined;
  /** Where it begins in that. */
  readonly place: string;
}

/** So many classes above its own are asked. */
const DEPTH = 6;

/** Functions that an object has, its own and its classes'; of a function itself that, too. */
export function methodsOf(graph: HeapGraph, scripts: Scripts, node: number): readonly Method[] {
  const found: Method[] = [];
  const add = (closure: number, name: string): void => {
    const { line = 0, column = 0 } = graph.placeOf(closure) ?? {};
    found.push({ name, file: scripts.fileOf(closure), place: `${line}:${column}` });
  };
  if (graph.typeOf(node) === 'closure') add(node, graph.nameOf(node));
  let each: number | undefined = node;
  for (let depth = 0; each !== undefined && depth < DEPTH; depth++) {
    for (const edge of graph.edges(each)) {
      const to = graph.target(edge);
      if (graph.edgeType(edge) !== 'property' || graph.typeOf(to) !== 'closure') continue;
      const name = graph.edgeName(edge);
      if (name === 'constructor') continue;
      add(to, name);
      if (graph.nameOf(to) !== name) add(to, graph.nameOf(to));
    }
    each = graph.follow(each, 'property', '__proto__');
  }
  return found;
}
