import type { PathHop } from '../../model/retainer-path';
import type { Link } from './cheapest-paths';
import type { Descriptions } from './descriptions';
import { Dictionaries } from './dictionaries';
import type { HeapGraph } from './heap-graph';
import type { NumberKeys } from './number-keys';
import { isContext } from './scripts';
import { Table } from './tables';

/** How a link is written, and what it is called. */
export type LinkName = Pick<PathHop, 'how' | 'name'>;

const BOUND: Readonly<Record<string, string>> = {
  bound_this: 'bound this',
  bound_function: 'bound function',
};

/** Names what leads from one thing of the source to the next, whatever of the engine's lies between. */
export class Links {
  readonly #graph: HeapGraph;
  readonly #descriptions: Descriptions;
  readonly #numberKeys: NumberKeys;
  readonly #tables = new Map<number, Table>();
  readonly #dictionaries: Dictionaries;
  #cells: ReadonlyMap<number, string> | undefined;

  constructor(graph: HeapGraph, descriptions: Descriptions, numberKeys: NumberKeys) {
    this.#graph = graph;
    this.#descriptions = descriptions;
    this.#numberKeys = numberKeys;
    this.#dictionaries = new Dictionaries(graph);
  }

  /** @param links from a thing of the source, through none, to the next */
  nameOf(links: readonly Link[]): LinkName {
    for (const link of [...links].reverse()) {
      const named = this.#named(link, links);
      if (named !== undefined) return named;
    }
    const last = links.at(-1)?.edge;
    const name = last === undefined ? '' : this.#graph.edgeName(last);
    // A number is a place in a table of the engine's, and another one on the next run.
    return { how: 'internal', name: /^\d*$/.test(name) ? 'held' : name };
  }

  #named({ from, to, edge }: Link, links: readonly Link[]): LinkName | undefined {
    const graph = this.#graph;
    if (edge === undefined) return { how: 'internal', name: 'value in a WeakMap' };
    const name = graph.edgeName(edge);
    switch (graph.edgeType(edge)) {
      case 'context':
        return { how: 'variable', name };
      case 'element':
        return { how: 'element', name };
      case 'property': {
        const key = this.#dictionaries.keyOf(from, edge);
        return key === undefined ? property(name) : { how: 'value', name: key };
      }
      case 'shortcut':
        return { how: 'internal', name: name.replace(/^bound_argument_(\d+)$/, 'bound argument $1') };
      case 'hidden':
        return this.#hidden(from, to, Number(name));
      case 'internal':
        return this.#internal(from, to, name, links);
      case 'weak':
        return undefined;
    }
  }

  #hidden(from: number, to: number, index: number): LinkName | undefined {
    const graph = this.#graph;
    if (isContext(graph, from)) {
      const isPromise = graph.is(to, 'object', 'Promise');
      const name = this.#localName(from, index);
      if (name !== undefined) return { how: 'variable', name };
      return { how: 'internal', name: isPromise ? 'promise' : 'scope' };
    }
    if (graph.nameOf(from) === 'system / PromiseReaction') return { how: 'internal', name: 'then' };
    if (graph.nameOf(from) === 'system / WeakCell') return { how: 'internal', name: 'held value' };
    return undefined;
  }

  #internal(from: number, to: number, name: string, links: readonly Link[]): LinkName | undefined {
    const graph = this.#graph;
    if (BOUND[name] !== undefined) return { how: 'internal', name: BOUND[name] };
    // Reactions, while it is pending; its value, once it is settled.
    if (name === 'reactions_or_result')
      return { how: 'internal', name: graph.nameOf(to) === 'system / PromiseReaction' ? 'then' : 'value' };
    if (name === 'parameters_and_registers') return { how: 'variable', name: 'a local variable' };
    if (name === 'extension' && isContext(graph, from) && graph.typeOf(to) === 'object')
      return { how: 'internal', name: 'awaited by' };
    if (name === 'value' && graph.nameOf(from) === 'system / Cell') {
      this.#cells ??= this.#exportNames();
      return { how: 'variable', name: this.#cells.get(from) ?? 'an export' };
    }
    const table = links.find((link) => link.to === from && link.edge !== undefined);
    if (table?.edge === undefined || graph.edgeName(table.edge) !== 'table') return undefined;
    return this.#entry(table.from, from, Number(name));
  }

  #entry(collection: number, node: number, index: number): LinkName | undefined {
    const isMap = this.#descriptions.isMap(collection);
    const table = this.#tables.get(node) ?? new Table(this.#graph, node, isMap);
    this.#tables.set(node, table);
    const slot = table.slot(index);
    if (slot === undefined) return undefined;
    if (!isMap) return { how: 'member', name: '' };
    if (slot.part === 'key') return { how: 'key', name: '' };
    const key = table.keyOf(slot.entry);
    const isNumber = key === undefined || this.#graph.typeOf(key) === 'number';
    const name = isNumber ? this.#numberKeys.keyOf(collection, table, slot.entry) : undefined;
    return { how: 'value', name: name ?? (isNumber ? 'number' : this.#descriptions.key(key)) };
  }

  /** Variables of a block have no name of their own in a snapshot: it stands in the description of their scope. */
  #localName(context: number, index: number): string | undefined {
    const graph = this.#graph;
    const info = graph.follow(context, 'internal', 'scope_info');
    if (info === undefined) return undefined;
    const names: string[] = [];
    for (const edge of graph.edges(info)) {
      if (graph.edgeType(edge) === 'hidden' && graph.typeOf(graph.target(edge)) === 'string')
        names.push(graph.nameOf(graph.target(edge)));
    }
    if (names.length <= 1) return names[0];
    let last = 0;
    for (const edge of graph.edges(context)) {
      if (graph.edgeType(edge) === 'hidden') last = Math.max(last, Number(graph.edgeName(edge)));
    }
    // Small integers take a slot without being seen: then it is not known which is which.
    return last + 1 === names.length ? names[index] : `one of ${names.join(', ')}`;
  }

  /** Exported variables of ES modules live in cells of their own; the module's table of exports names them. */
  #exportNames(): ReadonlyMap<number, string> {
    const graph = this.#graph;
    const names = new Map<number, string>();
    for (let node = 0; node < graph.nodeCount; node++) {
      if (graph.typeOf(node) !== 'array') continue;
      let key = '';
      let keyAt = -1;
      for (const edge of graph.edges(node)) {
        if (graph.edgeType(edge) !== 'internal') continue;
        const to = graph.target(edge);
        const at = Number(graph.edgeName(edge));
        if (graph.typeOf(to) === 'string') {
          key = graph.nameOf(to);
          keyAt = at;
        } else if (at === keyAt + 1 && graph.nameOf(to) === 'system / Cell') {
          names.set(to, key);
        }
      }
    }
    return names;
  }
}

/** A property by its name in a snapshot. */
function property(name: string): LinkName {
  if (name.startsWith('#')) return { how: 'private', name };
  const symbol = /^<symbol ?([\s\S]*)>$/.exec(name)?.[1];
  return symbol === undefined ? { how: 'property', name } : { how: 'symbol', name: `Symbol(${symbol})` };
}
