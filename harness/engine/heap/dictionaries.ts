import type { HeapGraph } from './heap-graph';
import { moduleObjects } from './module-objects';

/** So many objects of one class under one roof are no record's fields, whatever they are called. */
const MANY = 4;
const SHOWN_CHARS = 60;
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Plain objects that serve as dictionaries, which nothing in the language tells from records. Evidence: several values of one class,
 * and keys that are no names, or V8 itself having given up on a shape for them, or too many of them for fields.
 */
export class Dictionaries {
  readonly #graph: HeapGraph;
  readonly #slow = new Map<number, boolean>();
  readonly #counts = new Map<number, ReadonlyMap<string, number>>();
  #modules: ReadonlySet<number> | undefined;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  /** The key of an entry as it stands in the source, quoted; `undefined` if this property is a record's field. */
  keyOf(holder: number, edge: number): string | undefined {
    const graph = this.#graph;
    const value = graph.target(edge);
    const name = graph.edgeName(edge);
    if (name === '__proto__' || !graph.is(holder, 'object', 'Object') || graph.typeOf(value) !== 'object')
      return undefined;
    const made = graph.nameOf(value);
    const alike = this.#classesIn(holder).get(made) ?? 0;
    if (made === 'Array' || alike < 2 || this.#isModule(holder)) return undefined;
    // Records within a record are common.
    const isKey = !NAME.test(name) || (made !== 'Object' && (alike >= MANY || this.#isSlow(holder)));
    return isKey ? JSON.stringify(name.length > SHOWN_CHARS ? `${name.slice(0, SHOWN_CHARS)}…` : name) : undefined;
  }

  /** By class, how many objects it has. */
  #classesIn(holder: number): ReadonlyMap<string, number> {
    let counts = this.#counts.get(holder) as Map<string, number> | undefined;
    if (counts !== undefined) return counts;
    counts = new Map();
    for (const edge of this.#graph.edges(holder)) {
      const value = this.#graph.target(edge);
      if (this.#graph.edgeType(edge) !== 'property' || this.#graph.typeOf(value) !== 'object') continue;
      if (this.#graph.edgeName(edge) === '__proto__') continue;
      const made = this.#graph.nameOf(value);
      counts.set(made, (counts.get(made) ?? 0) + 1);
    }
    this.#counts.set(holder, counts);
    return counts;
  }

  /** Whether its properties are in a hash table: V8 stops looking for a shape when keys are computed, or deleted. */
  #isSlow(holder: number): boolean {
    let slow = this.#slow.get(holder);
    if (slow === undefined) {
      const properties = this.#graph.follow(holder, 'internal', 'properties');
      slow = properties !== undefined && this.#graph.typeOf(properties) === 'array';
      this.#slow.set(holder, slow);
    }
    return slow;
  }

  /** A module's own record and what it exports have their names, however many they are. */
  #isModule(holder: number): boolean {
    if (this.#modules === undefined) {
      const found = new Set<number>();
      for (const [module] of moduleObjects(this.#graph)) {
        const exported = this.#graph.follow(module, 'property', 'exports');
        found.add(module);
        if (exported !== undefined) found.add(exported);
      }
      this.#modules = found;
    }
    return this.#modules.has(holder);
  }
}
