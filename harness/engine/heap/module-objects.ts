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
    if (exporting && named >= 0) yield [node, normalizePath(graph.nameOf(named))];
  }
}
