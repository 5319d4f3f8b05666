import type { HeapGraph } from './heap-graph';

/** An entry of a `WeakMap`: its value lives only while both the map and the key do. */
export interface Ephemeron {
  readonly table: number;
  readonly key: number;
  readonly value: number;
}

const PAIR = /part of key \([\s\S]*? @(\d+)\) -> value \([\s\S]* @\d+\) pair/;

/**
 * All entries of all `WeakMap`s. The snapshot gives each as two edges to the value, one from the key and one from the table, with
 * one text: neither of them holds by itself.
 * @param pairs the strings that are such texts
 */
export function ephemeronsOf(graph: HeapGraph, pairs: Uint8Array): readonly Ephemeron[] {
  const found: { table: number; keyId: number; value: number }[] = [];
  const { edgeNames, edgeTypes, ids } = graph.columns;
  for (let node = 0; node < graph.nodeCount; node++) {
    const end = graph.endEdge(node);
    for (let edge = graph.firstEdge(node); edge < end; edge++) {
      if (!isPair(pairs, edgeTypes[edge] ?? 0, edgeNames[edge] ?? 0)) continue;
      const keyId = Number(PAIR.exec(graph.edgeName(edge))?.[1]);
      if (keyId !== ids[node]) found.push({ table: node, keyId, value: graph.target(edge) });
    }
  }
  if (found.length === 0) return [];
  const keys = new Map(found.map(({ keyId }) => [keyId, -1]));
  for (let node = 0; node < graph.nodeCount; node++) if (keys.has(ids[node] ?? -1)) keys.set(ids[node] ?? -1, node);
  return found
    .map(({ table, keyId, value }) => ({ table, key: keys.get(keyId) ?? -1, value }))
    .filter(({ key }) => key >= 0);
}

const INTERNAL = 3;

/** Whether an edge is one half of a `WeakMap`'s entry. */
export const isPair = (pairs: Uint8Array, edgeType: number, edgeName: number): boolean =>
  edgeType === INTERNAL && pairs[edgeName] === 1;
