import { normalizePath } from '../../model/frame';
import type { HeapGraph } from './heap-graph';

/** The `module` objects of CommonJS, each with its file. */
export function* moduleObjects(graph: HeapGraph): Generator<readonly [node: number, file: string]> {
  const { filename, exports } = graph.strings.indicesOf(['filename', 'exports']);
  const { edgeNames } = graph.columns;
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.typeOf(node) !== 'object') continue;
    let named = -1;
    let exporting = false;
    for (let edge = graph.firstEdge(node); edge < graph.endEdge(node); edge++) {
      if (graph.edgeType(edge) !== 'property') continue;
      if (edgeNames[edge] === filename) named = graph.target(edge);
      else if (edgeNames[edge] === exports) exporting = true;
    }
    if (exporting && named >= 0) yield [node, fileNamed(graph.nameOf(named))];
  }
}

/** Node's own modules name themselves by a path within its sources. */
function fileNamed(name: string): string {
  const path = normalizePath(name);
  return /^(?:\/|[A-Za-z]:|node:)/.test(path) ? path : `node:${path.replace(/\.js$/, '')}`;
}

/** Those of them that a registry of modules still has: Node's, by path, or one like Jest's, a `Map`. */
export function registeredModules(graph: HeapGraph): ReadonlyMap<number, string> {
  const modules = new Map(moduleObjects(graph));
  const registered = new Map<number, string>();
  for (let node = 0; node < graph.nodeCount; node++) {
    const isTable = graph.typeOf(node) === 'array' && graph.nameOf(node) === '';
    if (!isTable && graph.typeOf(node) !== 'object') continue;
    for (let edge = graph.firstEdge(node); edge < graph.endEdge(node); edge++) {
      const file = modules.get(graph.target(edge));
      if (file === undefined) continue;
      const type = graph.edgeType(edge);
      if (isTable ? type === 'internal' : type === 'property' && normalizePath(graph.edgeName(edge)) === file)
        registered.set(graph.target(edge), file);
    }
  }
  return registered;
}

/** What they export, where that is an object or a function, each with its file. */
export function exportsOf(graph: HeapGraph): ReadonlyMap<number, string> {
  const exported = new Map<number, string>();
  for (const [module, file] of moduleObjects(graph)) {
    const node = graph.follow(module, 'property', 'exports');
    if (node !== undefined && (graph.typeOf(node) === 'object' || graph.typeOf(node) === 'closure'))
      exported.set(node, file);
  }
  return exported;
}
