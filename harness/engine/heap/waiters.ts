import type { HeapGraph } from './heap-graph';

/** So many functions may wait for one another. */
const MOST = 16;

/** What a timer calls when it fires. */
const CALLBACKS = ['_onTimeout', '_onImmediate'];

/**
 * The objects whose methods are suspended until a timer fires: `this` of the asynchronous function that awaits it, of the one that awaits
 * that, and so on. Nothing leads from such an object to the timer; V8's own fields lead from the timer to it (looked up in snapshots of
 * V8 11 to 14: the context of a promise's `resolve`, the promise's reactions, the function to be resumed).
 */
export function waitersOn(graph: HeapGraph, timer: number): readonly number[] {
  const found: number[] = [];
  const resolve = CALLBACKS.map((name) => graph.follow(timer, 'property', name)).find((node) => node !== undefined);
  const context = resolve === undefined ? undefined : graph.follow(resolve, 'internal', 'context');
  const promises = context === undefined ? [] : promisesOf(graph, context);
  const seen = new Set<number>();
  for (let promise = promises.shift(); promise !== undefined && seen.size < MOST; promise = promises.shift()) {
    if (seen.has(promise)) continue;
    seen.add(promise);
    for (const suspended of suspendedOn(graph, promise)) {
      const receiver = graph.follow(suspended, 'internal', 'receiver');
      if (receiver !== undefined && graph.typeOf(receiver) === 'object') found.push(receiver);
      promises.push(...promisesOf(graph, suspended));
    }
  }
  return found;
}

const targetsOf = (graph: HeapGraph, node: number): readonly number[] =>
  [...graph.edges(node)].map((edge) => graph.target(edge));

const promisesOf = (graph: HeapGraph, node: number): number[] =>
  targetsOf(graph, node).filter((to) => graph.is(to, 'object', 'Promise'));

/** Functions that go on when a promise is settled. */
function suspendedOn(graph: HeapGraph, promise: number): readonly number[] {
  const found: number[] = [];
  const reactions = [graph.follow(promise, 'internal', 'reactions_or_result')];
  for (let reaction = reactions.shift(), count = 0; reaction !== undefined && count < MOST; count++) {
    for (const to of targetsOf(graph, reaction)) {
      if (graph.nameOf(to) === graph.nameOf(reaction)) reactions.push(to);
      if (graph.typeOf(to) !== 'closure') continue;
      const context = graph.follow(to, 'internal', 'context');
      const suspended = context === undefined ? undefined : graph.follow(context, 'internal', 'extension');
      if (suspended !== undefined) found.push(suspended);
    }
    reaction = reactions.shift();
  }
  return found;
}
