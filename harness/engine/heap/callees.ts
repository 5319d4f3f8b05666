import type { HeapGraph } from './heap-graph';
import { isContext, isRealm } from './scripts';
import { waitersFor } from './waiters';

/** So many functions and scopes are read for one of them. */
const MOST = 32;

/** What a timer, or a job, calls when it is over. */
const CALLBACKS = ['_onTimeout', 'ondone', 'cb'];

/** What leads from a function that is bound to what it is bound to. */
const BOUND = ['bound_this', 'bound_function'];

/**
 * The objects that the callback of a timer, or of a job, speaks of: `this` of the method it is written in, what it is bound to, and the
 * same of the functions it speaks of. A pool that has others keep its timers is no holder of them, and yet what they are there for.
 * @param isShared a scope that outlives the calls of its functions: what stands in it is not for the one timer
 */
export function calleesOf(graph: HeapGraph, thing: number, isShared: (context: number) => boolean): readonly number[] {
  const found = new Set<number>();
  const queue = CALLBACKS.flatMap((name) => graph.follow(thing, 'property', name) ?? []);
  const seen = new Set<number>();
  for (let node = queue.shift(); node !== undefined && seen.size < MOST; node = queue.shift()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (graph.typeOf(node) === 'closure') queue.push(...surroundingsOf(graph, node));
    else if (graph.is(node, 'object', 'Promise')) for (const waiter of waitersFor(graph, [node])) found.add(waiter);
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
    .filter((edge) => graph.edgeType(edge) === 'context' || graph.is(graph.target(edge), 'object', 'Promise'))
    .map((edge) => heldIn(graph, graph.target(edge)))
    .filter((to) => graph.typeOf(to) === 'closure' || graph.typeOf(to) === 'object');
  const around = graph.follow(context, 'internal', 'previous');
  return around === undefined || isRealm(graph, around) ? values : [...values, around];
}

/** From V8 14 on what was assigned once only is in a cell of its own. */
const heldIn = (graph: HeapGraph, node: number): number =>
  graph.is(node, 'hidden', 'system / ContextCell') ? (graph.follow(node, 'hidden', '0') ?? node) : node;
