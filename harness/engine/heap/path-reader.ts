import type { FrameOrigin } from '../../model/frame';
import { isListed } from '../../model/retained-sentence';
import type { PathHop } from '../../model/retainer-path';
import type { HeapPath, Link } from './cheapest-paths';
import type { Descriptions } from './descriptions';
import { foldHops } from './fold-hops';
import type { HeapGraph } from './heap-graph';
import type { Links } from './links';
import { type Listing, listingOf } from './listing';

/** A link as a person reads it, and what folding must know of it besides. */
export interface ReadHop extends PathHop {
  /** What is held. */
  readonly node: number;
  /** Class of it, without its size. */
  readonly className: string;
  /** Whose code that class or function is; `undefined` for the engine's own. */
  readonly origin: FrameOrigin | undefined;
}

/** Telling things below the object: so many. */
const BELOW = 3;

/** Reads paths through the heap as the source would say them. */
export class PathReader {
  readonly #graph: HeapGraph;
  readonly #descriptions: Descriptions;
  readonly #links: Links;
  readonly #isElsewhere: (closure: number) => boolean;

  /** @param isElsewhere whether a function is of a realm that should be gone: of an earlier test file's sandbox */
  constructor(graph: HeapGraph, descriptions: Descriptions, links: Links, isElsewhere: (closure: number) => boolean) {
    this.#graph = graph;
    this.#descriptions = descriptions;
    this.#links = links;
    this.#isElsewhere = isElsewhere;
  }

  /** The hops of a path, the engine's and the libraries' own folded, and what of it lists what is at its end. */
  read(path: HeapPath): { readonly hops: readonly ReadHop[]; readonly listing: Listing } {
    const steps = this.steps(path);
    const folded = foldHops(steps);
    const crossing = folded.findIndex(({ node }) => this.#graph.typeOf(node) === 'closure' && this.#isElsewhere(node));
    const elsewhere = (hop: ReadHop): ReadHop => ({ ...hop, holds: `${hop.holds} of another test file's realm` });
    return {
      hops: folded.map((hop, index) => (index === crossing ? elsewhere(hop) : hop)),
      listing: listingOf(path.root, steps),
    };
  }

  /** From thing to thing of the source, with the engine's own between them left out, and nothing else. */
  steps({ links }: HeapPath): readonly ReadHop[] {
    const hops: ReadHop[] = [];
    let since: Link[] = [];
    links.forEach((link, index) => {
      since.push(link);
      if (index < links.length - 1 && !this.#isShown(link.to) && !this.#isNamed(link, since)) return;
      hops.push(this.#hop(since));
      since = [];
    });
    return hops;
  }

  /** What the object itself holds that has a class of its own, in the order of its properties. */
  below(node: number): readonly PathHop[] {
    const found: PathHop[] = [];
    for (const edge of this.#graph.edges(node)) {
      const type = this.#graph.edgeType(edge);
      const to = this.#graph.target(edge);
      if (type !== 'property' || this.#graph.typeOf(to) !== 'object' || !this.#isShown(to)) continue;
      const { how, name, holds, className } = this.#hop([{ from: node, to, edge }]);
      if (how === 'symbol' || name === '__proto__' || /^(?:Object|Array)$/.test(className)) continue;
      found.push({ how, name, holds });
      if (found.length === BELOW) break;
    }
    return found;
  }

  #hop(links: readonly Link[]): ReadHop {
    const node = links.at(-1)?.to ?? 0;
    const at = this.#descriptions.at(node);
    return {
      ...this.#links.nameOf(links),
      holds: this.#descriptions.holds(node),
      ...(at !== undefined && at.origin !== 'node' && { at }),
      node,
      className: this.#descriptions.className(node),
      origin: this.#descriptions.originOf(node),
    };
  }

  /** Whether a function of the engine's, one that settles a promise, is held by something of the source. */
  #isNamed({ from, to, edge }: Link, since: readonly Link[]): boolean {
    const type = edge === undefined ? undefined : this.#graph.edgeType(edge);
    if (this.#graph.typeOf(to) !== 'closure') return false;
    if (isListed(this.#links.nameOf(since))) return true;
    return type === 'context' || type === 'element' || (type === 'property' && this.#isShown(from));
  }

  /** Whether a node is a thing of the source, not one that the engine has put in between. */
  #isShown(node: number): boolean {
    const graph = this.#graph;
    switch (graph.typeOf(node)) {
      case 'closure':
        // The engine's own: the two functions that settle a promise, those that an `await` goes on with.
        return graph.nameOf(node) !== '' || graph.columns.scripts[node] !== 0;
      case 'object':
        return !graph.nameOf(node).startsWith('system / ');
      case 'regexp':
      case 'wasm object':
        return true;
      default:
        return false;
    }
  }
}
