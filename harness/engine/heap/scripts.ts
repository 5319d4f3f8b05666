import { normalizePath } from '../../model/frame';
import type { HeapGraph } from './heap-graph';

const SCRIPT_FIELDS = ['script', 'script_or_debug_info'] as const;

/** Which file the code behind a closure, an object or a scope stands in, and which scopes are whole modules'. */
export class Scripts {
  readonly #graph: HeapGraph;
  /** Path by V8's number of the script. */
  readonly #files = new Map<number, string>();
  /** Path by scope. */
  readonly #ofContexts = new Map<number, string>();
  /** Scopes whose surroundings are the realm itself: a module's. */
  readonly modules = new Map<number, { readonly file: string; readonly realm: number }>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    for (let node = 0; node < graph.nodeCount; node++) {
      const type = graph.typeOf(node);
      if (type === 'closure') this.#learn(node, node);
      // A module whose functions are all gone is still known by the function that it is itself.
      else if (type === 'object' && graph.columns.scripts[node] !== 0) this.#learnGenerator(node);
    }
    for (const [context, file] of this.#ofContexts) {
      const realm = graph.follow(context, 'internal', 'previous');
      if (realm !== undefined && isRealm(graph, realm)) this.modules.set(context, { file, realm });
    }
  }

  /** Path of the file in which a closure's function, or an object's class, is written; `undefined` for the engine's own. */
  fileOf(node: number): string | undefined {
    return this.#files.get(this.#graph.columns.scripts[node] ?? 0);
  }

  /** Path of the file a scope belongs to. */
  fileOfContext(context: number): string | undefined {
    return this.#ofContexts.get(context);
  }

  /** All scopes of known files. */
  contexts(): Iterable<readonly [context: number, file: string]> {
    return this.#ofContexts;
  }

  /** The realm a function belongs to. */
  realmOf(closure: number): number | undefined {
    let context = this.#graph.follow(closure, 'internal', 'context');
    while (context !== undefined && !isRealm(this.#graph, context)) {
      context = this.#graph.follow(context, 'internal', 'previous');
    }
    return context;
  }

  #learnGenerator(node: number): void {
    const closure = this.#graph.follow(node, 'internal', 'function');
    if (closure !== undefined && this.#graph.typeOf(closure) === 'closure') this.#learn(closure, node);
  }

  /** @param holder has the scope: the closure itself, or a function that is suspended in it */
  #learn(closure: number, holder: number): void {
    const graph = this.#graph;
    const id = graph.columns.scripts[closure] ?? 0;
    if (id === 0) return;
    const file = this.#files.get(id) ?? this.#read(closure, id);
    let context = graph.follow(holder, 'internal', 'context');
    while (context !== undefined && !this.#ofContexts.has(context) && isContext(graph, context)) {
      this.#ofContexts.set(context, file);
      context = graph.follow(context, 'internal', 'previous');
    }
  }

  #read(closure: number, id: number): string {
    const shared = this.#graph.follow(closure, 'internal', 'shared');
    let file = '';
    for (const field of SCRIPT_FIELDS) {
      const found = shared === undefined ? undefined : this.#graph.follow(shared, 'internal', field);
      // Node 20: a function that has a breakpoint keeps its script behind the record of that.
      const isBroken = found !== undefined && this.#graph.nameOf(found) === 'system / DebugInfo';
      const script = isBroken ? this.#graph.follow(found, 'hidden', '1') : found;
      if (script !== undefined && file === '') file = this.#graph.nameOf(script);
    }
    const path = normalizePath(file);
    this.#files.set(id, path);
    return path;
  }
}

/** Whether a node is the scope of a function, a block or a module. */
export const isContext = (graph: HeapGraph, node: number): boolean => graph.is(node, 'object', 'system / Context');

/** Whether a node is a realm: V8 calls it a native context. */
export const isRealm = (graph: HeapGraph, node: number): boolean => graph.is(node, 'hidden', 'system / NativeContext');
