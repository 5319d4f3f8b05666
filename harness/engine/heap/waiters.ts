import type { HeapGraph } from './heap-graph';

/** So many functions may wait for one another. */
const MOST = 16;

/** What a timer calls when it fires. */
const CALLBACKS = ['_onTimeout', '_onImmediate'];

/** What a timer calls; `undefined` of what is none. */
export const callbackOf = (graph: HeapGraph, timer: number): number | undefined =>
  CALLBACKS.map((name) => graph.follow(timer, 'property', name)).find((node) => node !== undefined);

/**
 * The objects whose methods are suspended until a timer fires: `this` of the asynchronous function that awaits it, of the one that awaits
 * that, and so on. Nothing leads from such an object to the timer; V8's own fields lead from the timer to it (looked up in snapshots of
 * V8 11 to 14: the context of a promise's `resolve`, the promise's reactions, the function to be resumed).
 */
export function waitersOn(graph: HeapGraph, timer: number): readonly number[] {
  const resolve = callbackOf(graph, timer);
  const context = resolve === undefined ? undefined : graph.follow(resolve, 'internal', 'context');
  return context === undefined ? [] : waitersFor(graph, promisesOf(graph, context));
}

/** The same of those who wait for one of these promises. */
export function waitersFor(graph: HeapGraph, first: readonly number[]): readonly number[] {
  const found: number[] = [];
  const promises = [...first];
  const seen = new Set<number>();
  for (let promise = promises.shift(); promise !== undefined && seen.size < MOST; promise = promises.shift()) {
    if (seen.has(promise)) continue;
    seen.add(promise);
    const { contexts, next } = reactionsTo(graph, promise);
    promises.push(...next);
    for (const context of contexts) {
      // What is awaited of another realm is passed on to a promise of one's own first.
      promises.push(...promisesOf(graph, context));
      const suspended = graph.follow(context, 'internal', 'extension');
      if (suspended === undefined) continue;
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

/** The scopes of what is called when a promise is settled, and the promises that are settled by it. */
function reactionsTo(graph: HeapGraph, promise: number): Record<'contexts' | 'next', readonly number[]> {
  const contexts: number[] = [];
  const next: number[] = [];
  const reactions = [graph.follow(promise, 'internal', 'reactions_or_result')];
  for (let reaction = reactions.shift(), count = 0; reaction !== undefined && count < MOST; count++) {
    for (const to of targetsOf(graph, reaction)) {
      if (graph.nameOf(to) === graph.nameOf(reaction)) reactions.push(to);
      const context = graph.typeOf(to) === 'closure' ? graph.follow(to, 'internal', 'context') : undefined;
      if (context !== undefined) contexts.push(context);
    }
    next.push(...promisesOf(graph, reaction));
    reaction = reactions.shift();
  }
  return { contexts, next };
}
