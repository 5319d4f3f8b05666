import type { Frame, FrameOrigin } from '../../model/frame';
import type { HeapGraph } from './heap-graph';
import type { Scripts } from './scripts';
import { Table } from './tables';

const SHOWN_CHARS = 60;

/** Says what the nodes of a heap are, in the words of the source. */
export class Descriptions {
  readonly #graph: HeapGraph;
  readonly #scripts: Scripts;
  readonly #originOf: (file: string) => FrameOrigin;
  /** A map of many things is described once for all of them. */
  readonly #held = new Map<number, string>();

  constructor(graph: HeapGraph, scripts: Scripts, originOf: (file: string) => FrameOrigin) {
    this.#graph = graph;
    this.#scripts = scripts;
    this.#originOf = originOf;
  }

  /** Class of an object with its size, where it has one: `Map (100 entries)`; `function connect`, `class Pool`. */
  holds(node: number): string {
    const known = this.#held.get(node) ?? this.#describe(node);
    this.#held.set(node, known);
    return known;
  }

  #describe(node: number): string {
    const graph = this.#graph;
    const name = this.className(node);
    const count = (many: number, one: string, more: string): string => `${name} (${many} ${many === 1 ? one : more})`;
    if (graph.typeOf(node) !== 'object') return name;
    const table = graph.follow(node, 'internal', 'table');
    // A class of the user's may extend either.
    if (table !== undefined && this.isMapOrSet(node)) {
      const isMap = this.isMap(node);
      return isMap
        ? count(new Table(graph, table, true).count(), 'entry', 'entries')
        : count(new Table(graph, table, false).count(), 'member', 'members');
    }
    return name === 'Array' ? count(this.#elements(node), 'element', 'elements') : name;
  }

  /** The same without its size. */
  className(node: number): string {
    const graph = this.#graph;
    const name = graph.nameOf(node);
    switch (graph.typeOf(node)) {
      case 'closure':
        if (name === 'native_bind') return 'bound function';
        return name === '' ? 'function' : `${/^[A-Z]/.test(name) ? 'class' : 'function'} ${name}`;
      case 'object':
        return this.#suspended(node) ?? name.replace(/^system \/ /, '').replace(/ \(global\*?\)$/, '');
      case 'string':
      case 'concatenated string':
      case 'sliced string':
        return 'string';
      default:
        return name.replace(/^(?:system|Node) \/ /, '');
    }
  }

  /** Whether a collection with a table is a `Map`, or extends it. */
  isMap(node: number): boolean {
    return this.#extends(node, 'Map');
  }

  /** Whether it is one of the two that keep what is in them. */
  isMapOrSet(node: number): boolean {
    return this.isMap(node) || this.#extends(node, 'Set');
  }

  /** A key as it stands in the source: `"a"`, `Symbol(a)`; a class for an object. */
  key(node: number): string {
    const type = this.#graph.typeOf(node);
    if (type === 'symbol') return this.symbol(node);
    if (type.endsWith('string')) {
      const text = this.#text(node, SHOWN_CHARS + 1);
      return JSON.stringify(text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text);
    }
    return this.className(node);
  }

  /** `Symbol(owner)`. */
  symbol(node: number): string {
    const name = this.#graph.follow(node, 'internal', 'name');
    return `Symbol(${name === undefined ? '' : this.#graph.nameOf(name)})`;
  }

  /** The place of a function, or of the function behind what is suspended or bound. */
  at(node: number): Frame | undefined {
    const closure =
      this.#graph.follow(node, 'internal', 'bound_function') ??
      this.#graph.follow(node, 'internal', 'function') ??
      node;
    const place = this.#graph.placeOf(closure);
    const file = this.#scripts.fileOf(closure);
    if (place === undefined || file === undefined || file === '') return undefined;
    const fn = this.#graph.nameOf(closure);
    return { file, line: place.line + 1, column: place.column + 1, fn, origin: this.#originOf(file) };
  }

  /** Whose code an object's class, or a function, is. */
  originOf(node: number): FrameOrigin | undefined {
    const file = this.#scripts.fileOf(node);
    return file === undefined || file === '' ? undefined : this.#originOf(file);
  }

  /** A string's text, as far as it is asked for; parts of a string that was put together are strings of their own. */
  #text(node: number, most: number): string {
    if (this.#graph.typeOf(node) !== 'concatenated string') return this.#graph.nameOf(node);
    const [first, second] = ['first', 'second'].map((part) => this.#graph.follow(node, 'internal', part));
    const start = first === undefined ? '' : this.#text(first, most);
    return start.length >= most || second === undefined ? start : start + this.#text(second, most - start.length);
  }

  /** An async function or a generator that waits to go on. */
  #suspended(node: number): string | undefined {
    const closure = this.#graph.follow(node, 'internal', 'function');
    if (closure === undefined || this.#graph.typeOf(closure) !== 'closure') return undefined;
    const name = this.#graph.nameOf(closure);
    return `suspended function${name === '' ? '' : ` ${name}`}`;
  }

  #elements(node: number): number {
    let count = 0;
    for (const edge of this.#graph.edges(node)) if (this.#graph.edgeType(edge) === 'element') count++;
    return count;
  }

  /** By the chain of prototypes: the last class but `Object`'s. */
  #extends(node: number, name: string): boolean {
    const own = this.#graph.nameOf(node);
    // Node keeps its own copies of both, out of the reach of whoever changes prototypes.
    if (own === name || own === `Safe${name}`) return true;
    let prototype = this.#graph.follow(node, 'property', '__proto__');
    for (let depth = 0; prototype !== undefined && depth < 8; depth++) {
      const made = this.#graph.follow(prototype, 'property', 'constructor');
      if (made !== undefined && ['', 'Safe'].some((by) => this.#graph.is(made, 'closure', by + name))) return true;
      prototype = this.#graph.follow(prototype, 'property', '__proto__');
    }
    return false;
  }
}
