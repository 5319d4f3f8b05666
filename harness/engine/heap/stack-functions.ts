import { type Frame, normalizePath } from '../../model/frame';
import type { HeapGraph } from './heap-graph';
import type { LiveObjects } from './live-objects';
import { isRealm, type Scripts } from './scripts';

/** So many functions are read for one frame. */
const MOST_READ = 4;

const lastName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** The name of the function of a frame, without what it was put on: `Client.query`. */
export const nameIn = ({ fn }: Frame): string => lastName(fn);

/** Both 0-based. */
interface Place {
  readonly line: number;
  readonly column: number;
}

interface Written extends Place {
  readonly node: number;
}

const isBefore = (a: Place, b: Place): boolean => a.line < b.line || (a.line === b.line && a.column <= b.column);

/** Where a text ends that begins at a place. */
function endOf({ line, column }: Place, text: string): Place {
  const lines = text.split('\n');
  const last = lines.at(-1)?.length ?? 0;
  return lines.length === 1 ? { line, column: column + last } : { line: line + lines.length - 1, column: last };
}

/** Finds the functions that were at work in a stack, by their places, and reads them. */
export class StackFunctions {
  readonly #graph: HeapGraph;
  readonly #scripts: Scripts;
  readonly #live: LiveObjects;
  readonly #texts = new Map<number, string>();
  readonly #byFile = new Map<string, readonly Written[]>();
  readonly #bodies: ReadonlyMap<number, string>;

  /** @param bodies closures of tests and hooks, with their texts */
  constructor(graph: HeapGraph, scripts: Scripts, live: LiveObjects, bodies: ReadonlyMap<number, string>) {
    this.#graph = graph;
    this.#scripts = scripts;
    this.#live = live;
    this.#bodies = bodies;
  }

  /** The texts of those of a stack's functions that are written in one file; a test's or hook's body and what is around it are none. */
  textsIn(file: string, trace: readonly Frame[]): readonly string[] {
    const found = new Set<string>();
    for (const frame of trace) {
      if (normalizePath(frame.file) === file) for (const { text } of this.#at(file, frame)) found.add(text);
    }
    return [...found];
  }

  /** Where the functions begin in which those of a stack are written that have no name, with their files. */
  aroundNameless(trace: readonly Frame[]): ReadonlySet<string> {
    const found = new Set<string>();
    for (const frame of trace) {
      if (frame.origin !== 'user' || nameIn(frame) !== '') continue;
      const file = normalizePath(frame.file);
      for (const { line, column } of this.#at(file, frame)) found.add(`${file} ${line}:${column}`);
    }
    return found;
  }

  /** The function that a frame stands in, and with it those around it if it has no name: what is written on the spot goes on in it. */
  #at(file: string, frame: Frame): readonly (Written & { readonly text: string })[] {
    const place = { line: frame.line - 1, column: frame.column - 1 };
    const name = nameIn(frame);
    const found: (Written & { readonly text: string })[] = [];
    let left = MOST_READ;
    for (const each of this.#writtenIn(file)) {
      if (!isBefore(each, place)) continue;
      const body = this.#bodies.get(each.node);
      if (body !== undefined) {
        if (isBefore(place, endOf(each, body))) break;
        continue;
      }
      // A stack names a function by where it was put, too; a snapshot only by its own name.
      const own = lastName(this.#graph.nameOf(each.node));
      if (name !== '' && own !== '' && own !== name) continue;
      if (left-- <= 0) break;
      const text = this.#textOf(each.node);
      // A class is not at work itself.
      if (/^(?:class\b|$)/.test(text) || !isBefore(place, endOf(each, text))) continue;
      if (this.#isAroundBody(file, each, text)) break;
      found.push({ ...each, text });
      if (name !== '') break;
    }
    return found;
  }

  /** One closure of each function, the last in the file first. A module's own is none: its text is the whole file. */
  #writtenIn(file: string): readonly Written[] {
    const known = this.#byFile.get(file);
    if (known !== undefined) return known;
    const graph = this.#graph;
    const found = new Map<string, Written>();
    for (let node = 0; node < graph.nodeCount; node++) {
      if (graph.typeOf(node) !== 'closure' || this.#scripts.fileOf(node) !== file) continue;
      const place = graph.placeOf(node);
      const context = graph.follow(node, 'internal', 'context');
      if (place === undefined || context === undefined || isRealm(graph, context)) continue;
      const key = `${place.line}:${place.column}`;
      if (!found.has(key) || this.#bodies.has(node)) found.set(key, { node, ...place });
    }
    const written = [...found.values()].sort((a, b) => b.line - a.line || b.column - a.column);
    this.#byFile.set(file, written);
    return written;
  }

  #isAroundBody(file: string, around: Written, text: string): boolean {
    const end = endOf(around, text);
    return this.#writtenIn(file).some(
      (each) => this.#bodies.has(each.node) && isBefore(around, each) && isBefore(each, end),
    );
  }

  #textOf(node: number): string {
    const text = this.#texts.get(node) ?? this.#live.textOf(node);
    this.#texts.set(node, text);
    return text;
  }
}
