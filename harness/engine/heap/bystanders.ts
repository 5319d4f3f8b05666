import { normalizePath, packageOf } from '../../model/frame';
import { OWN_FOLDER } from '../own-folder';
import type { HeapGraph } from './heap-graph';
import type { Cuts } from './liveness';
import { moduleObjects } from './module-objects';
import type { Scripts } from './scripts';

/**
 * Jest and what it brings: results, spies, expectations, factories of mocks, fake timers, every value a global has ever had. Its
 * registries of modules are the exception: what they hold is the modules'.
 */
const KEEPERS = /^(?:jest|jest-.+|@jest\/.+|expect|@sinonjs\/fake-timers)$/;
const REGISTRY = /^_?(?:\w*[mM]odule)Registry$/;

/** Engine's records of a stack: they hold receivers and functions until somebody reads the stack. */
const STACK_RECORDS = [
  'system / CallSiteInfo',
  'system / ErrorStackData',
  'system / StackTraceInfo',
  'system / StackFrameInfo',
] as const;

/** By what names those parts leave their state on a global for each other: a plain object, of no class of theirs. */
const STATES = ['<symbol JEST_STATE_SYMBOL>', '<symbol $$jest-matchers-object>'] as const;

/** So many links at the head of a list tell what it lists: the frames of built-ins come without bytecode. */
const HEAD = 24;

/** From Node 26 on a stack is one plain list, in which receivers and functions stand beside their bytecode. */
function isStack(graph: HeapGraph, node: number): boolean {
  const end = Math.min(graph.endEdge(node), graph.firstEdge(node) + HEAD);
  for (let edge = graph.firstEdge(node); edge < end; edge++) {
    if (graph.edgeType(edge) === 'internal' && graph.is(graph.target(edge), 'code', 'system / BytecodeWrapper'))
      return true;
  }
  return false;
}

const isKeeper = (file: string): boolean => KEEPERS.test(packageOf(file) ?? '');
const isHarness = (file: string): boolean => file.startsWith(OWN_FOLDER);

/**
 * What is no reason for a test's object to live: the harness, those parts of the test framework that keep what tests made, and
 * stacks nobody has read. 1 for each node that is none.
 */
export function bystanders(graph: HeapGraph, scripts: Scripts): Cuts {
  const seeds: number[] = [];
  const cut = new Uint8Array(graph.nodeCount);
  const records = new Set(Object.values(graph.strings.indicesOf(STACK_RECORDS)));
  const states = new Set(Object.values(graph.strings.indicesOf(STATES)));
  for (let node = 0; node < graph.nodeCount; node++) {
    const type = graph.typeOf(node);
    if (type === 'object') {
      const file = scripts.fileOf(node);
      if (file !== undefined && (isHarness(file) || isKeeper(file))) {
        cut[node] = 1;
        seeds.push(...registriesOf(graph, node));
      }
    } else if ((type === 'hidden' || type === 'code') && records.has(graph.columns.names[node] ?? -1)) {
      cut[node] = 1;
    } else if (type === 'array' && isStack(graph, node)) cut[node] = 1;
    if (type !== 'object') continue;
    for (let edge = graph.firstEdge(node); edge < graph.endEdge(node); edge++) {
      // The state itself, for Jest's environment keeps another reference to all that a global has ever had.
      if (states.has(graph.columns.edgeNames[edge] ?? -1) && graph.edgeType(edge) === 'property')
        cut[graph.target(edge)] = 1;
    }
  }
  for (const [node, file] of moduleObjects(graph)) if (isHarness(file) || isKeeper(file)) cut[node] = 1;
  for (const [context, file] of scripts.contexts()) {
    // A scope within a module of the harness's may be that of a wrapper around a user's callback, and is the user's link to it.
    if (isKeeper(file) || (isHarness(file) && scripts.modules.has(context))) cut[context] = 1;
  }
  return { cut, seeds };
}

/** Registries of modules that an object of Jest's has. */
function registriesOf(graph: HeapGraph, node: number): number[] {
  return [...graph.edges(node)]
    .filter((edge) => graph.edgeType(edge) === 'property' && REGISTRY.test(graph.edgeName(edge)))
    .map((edge) => graph.target(edge));
}

/**
 * The same, and the variables of one file's module, its exports, and what a function written in it can see beyond its own scope:
 * one that a test has left behind sees all that the file's suites share, and is no reason for these to live.
 */
export function withoutVariablesOf(graph: HeapGraph, scripts: Scripts, cuts: Cuts, file: string): Cuts {
  const path = normalizePath(file);
  const cut = cuts.cut.slice();
  const closed = new Set<number>();
  for (const [context, module] of scripts.modules) {
    if (module.file !== path) continue;
    cut[context] = 1;
    // What an ES module exports it keeps itself.
    const own = graph.follow(context, 'internal', 'extension');
    if (own !== undefined) cut[own] = 1;
  }
  for (const [node, filename] of moduleObjects(graph)) if (filename === path) cut[node] = 1;
  for (const [context, name] of scripts.contexts()) {
    if (name === path && !isBlock(graph, context)) closed.add(context);
  }
  return { cut, closed, seeds: cuts.seeds };
}

/** Whether a scope is only a block's, as that of a loop: its variables are the only ones without a name in a snapshot. */
const isBlock = (graph: HeapGraph, context: number): boolean =>
  [...graph.edges(context)].some((edge) => graph.edgeType(edge) === 'hidden');
