import type { HeapGraph } from './heap-graph';

/** Finds an object in a snapshot of the heap: the snapshot knows instances by their class's name, and shows where a `WeakRef` leads. */
class LeakgateHeapHolder {
  readonly index: string;
  readonly ref: WeakRef<object>;

  constructor(index: string, ref: WeakRef<object>) {
    this.index = index;
    this.ref = ref;
  }
}

/** What is to be found again in a snapshot; keep it until the snapshot is taken. */
export type Held = readonly LeakgateHeapHolder[];

/** Makes what is weakly held findable, under a name each. Nothing is dereferenced: that would keep it alive for the rest of the turn. */
export const hold = (refs: Iterable<readonly [name: string, ref: WeakRef<object>]>): Held =>
  [...refs].map(([name, ref]) => new LeakgateHeapHolder(name, ref));

/** Nodes by those names; what is not there was garbage when the snapshot was taken. */
export function findHeld(graph: HeapGraph): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const className = graph.strings.indicesOf([LeakgateHeapHolder.name])[LeakgateHeapHolder.name] ?? -1;
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.columns.names[node] !== className || graph.typeOf(node) !== 'object') continue;
    const index = graph.follow(node, 'property', 'index');
    const ref = graph.follow(node, 'property', 'ref');
    const target = ref === undefined ? undefined : graph.follow(ref, 'weak', 'target');
    if (index !== undefined && target !== undefined) found.set(graph.nameOf(index), target);
  }
  return found;
}
