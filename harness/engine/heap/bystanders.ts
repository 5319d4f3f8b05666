import { resolve } from 'node:path';
import { normalizePath, packageOf } from '../../model/frame';
import type { HeapGraph } from './heap-graph';
import type { Scripts } from './scripts';

const HARNESS_DIR = `${normalizePath(resolve(__dirname, '..', '..'))}/`;

/** Parts of Jest that keep what tests made: results, spies, expectations. Its module registry is not among them. */
const KEEPERS = /^(?:jest-circus|jest-jasmine2|jest-mock|jest-each|jest-snapshot|expect|@jest\/expect(?:-utils)?)$/;

/** Engine's records of a stack: they hold receivers and functions until somebody reads the stack. */
const STACK_RECORDS = [
  'system / CallSiteInfo',
  'system / ErrorStackData',
  'system / StackTraceInfo',
  'system / StackFrameInfo',
] as const;

const isKeeper = (file: string): boolean => KEEPERS.test(packageOf(file) ?? '');
const isHarness = (file: string): boolean => file.startsWith(HARNESS_DIR);

/**
 * What is no reason for a test's object to live: the harness, those parts of the test framework that keep what tests made, and
 * stacks nobody has read. 1 for each node that is none.
 */
export function bystanders(graph: HeapGraph, scripts: Scripts): Uint8Array {
  const cut = new Uint8Array(graph.nodeCount);
  const records = new Set(Object.values(graph.strings.indicesOf(STACK_RECORDS)));
  for (let node = 0; node < graph.nodeCount; node++) {
    const type = graph.typeOf(node);
    if (type === 'object') {
      const file = scripts.fileOf(node);
      if (file !== undefined && (isHarness(file) || isKeeper(file))) cut[node] = 1;
    } else if ((type === 'hidden' || type === 'code') && records.has(graph.columns.names[node] ?? -1)) {
      cut[node] = 1;
    }
  }
  for (const [context, file] of scripts.contexts()) {
    // A scope within a module of the harness's may be that of a wrapper around a user's callback, and is the user's link to it.
    if (isKeeper(file) || (isHarness(file) && scripts.modules.has(context))) cut[context] = 1;
  }
  return cut;
}

/** The same, and the variables of one file's module, and its exports. */
export function withoutVariablesOf(graph: HeapGraph, scripts: Scripts, cut: Uint8Array, file: string): Uint8Array {
  const path = normalizePath(file);
  const without = cut.slice();
  for (const [context, module] of scripts.modules) if (module.file === path) without[context] = 1;
  for (const [node, filename] of moduleObjects(graph)) if (filename === path) without[node] = 1;
  return without;
}

/** The `module` objects of CommonJS, each with its file. */
function* moduleObjects(graph: HeapGraph): Generator<readonly [node: number, file: string]> {
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
