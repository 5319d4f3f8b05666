import type { FrameOrigin } from '../../model/frame';
import { Descriptions } from './descriptions';
import type { HeapGraph } from './heap-graph';
import { Scripts } from './scripts';
import { Table } from './tables';

/** What lives at one moment, counted. It holds nothing of the snapshot. */
export interface HeapCounts {
  /** By class and its place in the source; functions by theirs. */
  readonly byClass: ReadonlyMap<string, number>;
  /** How much each thing holds directly, by V8's own number of it, which it keeps as long as it lives. */
  readonly sizes: ReadonlyMap<number, number>;
}

/** Counts what lives in a snapshot for reasons of the user's: what only the harness and the test framework keep is left out. */
export class HeapCensus {
  readonly graph: HeapGraph;
  readonly scripts: Scripts;
  readonly descriptions: Descriptions;
  readonly counts: HeapCounts;
  readonly #live: Uint8Array;

  /** @param live 1 for each node that counts */
  constructor(graph: HeapGraph, live: Uint8Array, originOf: (file: string) => FrameOrigin) {
    this.graph = graph;
    this.scripts = new Scripts(graph);
    this.descriptions = new Descriptions(graph, this.scripts, originOf);
    this.#live = live;
    this.counts = this.#count();
  }

  /** Objects and functions that live; nothing of the engine's own. */
  *things(): Generator<number> {
    const { graph } = this;
    for (let node = 0; node < graph.nodeCount; node++) {
      if (this.#live[node] !== 1) continue;
      const type = graph.typeOf(node);
      if (type === 'closure') yield node;
      else if (type === 'object' && !/^(?:system \/|Node \/|\()/.test(graph.nameOf(node))) yield node;
    }
  }

  /** Class, or function, and its place: the same in every snapshot of a process. See {@link placeOfClass}. */
  classOf(node: number): string {
    const written = this.functionOf(node);
    const place = written === undefined ? undefined : this.graph.placeOf(written);
    const script = written === undefined ? 0 : this.graph.columns.scripts[written];
    const at = place === undefined ? '' : `${script}:${place.line}:${place.column}`;
    return `${this.graph.typeOf(node)} ${at} ${this.graph.nameOf(node)}`;
  }

  /** A function itself; the constructor of an object. */
  functionOf(node: number): number | undefined {
    const { graph } = this;
    if (graph.typeOf(node) === 'closure') return node;
    const prototype = graph.follow(node, 'property', '__proto__');
    const made = prototype === undefined ? undefined : graph.follow(prototype, 'property', 'constructor');
    return made !== undefined && graph.typeOf(made) === 'closure' ? made : undefined;
  }

  #count(): HeapCounts {
    const byClass = new Map<string, number>();
    const sizes = new Map<number, number>();
    const { ids } = this.graph.columns;
    for (const node of this.things()) {
      const name = this.classOf(node);
      byClass.set(name, (byClass.get(name) ?? 0) + 1);
      sizes.set(ids[node] ?? 0, this.#sizeOf(node));
    }
    return { byClass, sizes };
  }

  #sizeOf(node: number): number {
    const { graph, descriptions } = this;
    const table = graph.follow(node, 'internal', 'table');
    if (table !== undefined && descriptions.isMapOrSet(node))
      return new Table(graph, table, descriptions.isMap(node)).count();
    // What a class's prototype shows of its accessors changes as they are used; only plain objects serve as collections.
    const isPlain = graph.is(node, 'object', 'Object');
    let size = 0;
    for (const edge of graph.edges(node)) {
      const type = graph.edgeType(edge);
      if (type === 'element' || (type === 'property' && isPlain)) size++;
    }
    return size;
  }
}

/** What {@link HeapCensus.classOf} says of a class of objects: its name and where its constructor begins, 0-based. */
export function placeOfClass(
  said: string,
):
  | { readonly name: string; readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number }
  | undefined {
  const [, scriptId = '', line, column, name = ''] = /^object (\d+):(\d+):(\d+) (.*)$/s.exec(said) ?? [];
  return scriptId === '' ? undefined : { name, scriptId, lineNumber: Number(line), columnNumber: Number(column) };
}
