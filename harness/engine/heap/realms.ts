import type { HeapGraph } from './heap-graph';
import { isRealm, type Scripts } from './scripts';

/**
 * The realm the tests run in, and the process's own.
 * @param global the sandbox's global object; `undefined` outside of a runner
 */
export function realmsOf(graph: HeapGraph, scripts: Scripts, global: number | undefined): ReadonlySet<number> {
  const realms = new Set<number>();
  for (let node = 0; node < graph.nodeCount && global !== undefined; node++) {
    // Only this way on every version: not all of them show where a global leads.
    if (isRealm(graph, node) && graph.follow(node, 'internal', 'global_proxy_object') === global) realms.add(node);
  }
  // The first module of Node's own tells which realm is the process's.
  for (const { file, realm } of scripts.modules.values()) {
    if (file.startsWith('node:') && isRealm(graph, realm)) realms.add(realm);
  }
  return realms;
}
