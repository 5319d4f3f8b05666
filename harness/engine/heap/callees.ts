import type { HeapGraph } from './heap-graph';
import { isContext, isRealm } from './scripts';

/** So many functions and scopes are read for one timer. */
const MOST = 32;

/** What leads from a function that is bound to what it is bound to. */
const BOUND = ['bound_this', 'bound_function'];

/**
 * The objects that a timer's callback speaks of: `this` of the method it is written in, what it is bound to, and the same of the functions
 * it speaks of. A pool that has others keep its timers is no holder of them, and yet what they are there for.
 * @param isShared a scope that outlives the calls of its functions: what stands in it is not for the one timer
 */
export function calleesOf(graph: HeapGraph, timer: number, isShared: (context: number) => boolean): readonly number[] {
  const found = new Set<number>();
  const first = graph.follow(timer, 'property', '_onTimeout');
  const queue = first === undefined ? [] : [first];
  const seen = new Set<number>();
  for (let node = queue.shift(); node !== undefined && seen.size < MOST; node = queue.shift()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (graph.typeOf(node) === 'closure') queue.push(...surroundingsOf(graph, node));
    else if (!isContext(graph, node)) found.add(node);
    else if (!isShared(node)) queue.push(...variablesOf(graph, node));
  }
  return [...found];
}

/** The scope that a function is written in, and what it is bound to. */
const surroundingsOf = (graph: HeapGraph, closure: number): readonly number[] =>
  ['context', ...BOUND].flatMap((name) => graph.follow(closure, 'internal', name) ?? []);

/** Functions and objects in a scope, and the scope around it. */
function variablesOf(graph: HeapGraph, context: number): readonly number[] {
  const values = [...graph.edges(context)]
    .filter((edge) => graph.edgeType(edge) === 'context')
    .map((edge) => graph.target(edge))
    .filter((to) => graph.typeOf(to) === 'closure' || graph.typeOf(to) === 'object');
  const around = graph.follow(context, 'internal', 'previous');
  return around === undefined || isRealm(graph, around) ? values : [...values, around];
}
