import { type Frame, normalizePath } from '../../model/frame';
import type { HeapGraph } from './heap-graph';
import type { LiveObjects } from './live-objects';
import { isRealm, type Scripts } from './scripts';

/** So many functions are read for one stack. */
const MOST_READ = 8;

const TEXT = 'function () { return Function.prototype.toString.call(this); }';

/** The name of the function of a frame, without what it was put on: `Client.query`. */
export const nameIn = ({ fn }: Frame): string => fn.slice(fn.lastIndexOf('.') + 1);

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

  constructor(graph: HeapGraph, scripts: Scripts, live: LiveObjects) {
    this.#graph = graph;
    this.#scripts = scripts;
    this.#live = live;
  }

  /** The texts of those of a stack's functions that are written in one file, and of those around them. */
  textsIn(file: string, trace: readonly Frame[]): readonly string[] {
    const found = new Set<string>();
    let left = MOST_READ;
    for (const frame of trace) {
      if (normalizePath(frame.file) !== file) continue;
      const place = { line: frame.line - 1, column: frame.column - 1 };
      for (const each of this.#writtenIn(file)) {
        if (!isBefore(each, place)) continue;
        if (left-- <= 0) break;
        const text = this.#textOf(each.node);
        // A class is not at work itself.
        if (!/^(?:class\b|$)/.test(text) && isBefore(place, endOf(each, text))) found.add(text);
      }
    }
    return [...found];
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
      found.set(`${place.line}:${place.column}`, { node, ...place });
    }
    const written = [...found.values()].sort((a, b) => b.line - a.line || b.column - a.column);
    this.#byFile.set(file, written);
    return written;
  }

  #textOf(node: number): string {
    const text = this.#texts.get(node) ?? this.#live.ask<string>(node, TEXT) ?? '';
    this.#texts.set(node, text);
    return text;
  }
}
