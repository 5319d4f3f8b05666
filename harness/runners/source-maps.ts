import type { Frame } from '../model/frame';

/** A call site made of a frame's place: all that a stack formatter asks for. */
class PlacedCallSite {
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  getFileName(): string {
    return this.#frame.file;
  }
  getScriptNameOrSourceURL(): string {
    return this.#frame.file;
  }
  getLineNumber(): number {
    return this.#frame.line;
  }
  getColumnNumber(): number {
    return this.#frame.column;
  }
  getFunctionName(): string | null {
    return this.#frame.fn === '' ? null : this.#frame.fn;
  }
  getTypeName(): null {
    return null;
  }
  getMethodName(): null {
    return null;
  }
  getThis(): undefined {
    return undefined;
  }
  getFunction(): undefined {
    return undefined;
  }
  getEvalOrigin(): undefined {
    return undefined;
  }
  getEnclosingLineNumber(): number {
    return this.#frame.line;
  }
  getEnclosingColumnNumber(): number {
    return this.#frame.column;
  }
  getPosition(): number {
    return 0;
  }
  getPromiseIndex(): null {
    return null;
  }
  getScriptHash(): string {
    return '';
  }
  isNative(): boolean {
    return false;
  }
  isToplevel(): boolean {
    return true;
  }
  isConstructor(): boolean {
    return false;
  }
  isEval(): boolean {
    return false;
  }
  isAsync(): boolean {
    return false;
  }
  isPromiseAll(): boolean {
    return false;
  }
  toString(): string {
    const { file, line, column, fn } = this.#frame;
    return fn === '' ? `${file}:${line}:${column}` : `${fn} (${file}:${line}:${column})`;
  }
}

/** A line of a stack, of a function that has a name and of one that has none. A path may have parentheses of its own: `src/(shop)/x.ts`. */
const NAMED = /^\s*at .*? \((?:file:\/\/)?(.+):(\d+):(\d+)\)$/;
const NAMELESS = /^\s*at (?:file:\/\/)?(.+):(\d+):(\d+)$/;

/** Puts frames where the user wrote them. */
export type SourceMapper = (frames: readonly Frame[]) => readonly Frame[];

/**
 * Jest installs its source maps as this realm's stack formatter, whatever the transform and the Jest version: each frame is put
 * to that formatter as a call site, and its answer read. A frame it cannot map stays.
 * To be asked before the tests run: they may put a formatter of their own in its place.
 */
export function sourceMapper(): SourceMapper {
  const format = Error.prepareStackTrace;
  if (format === undefined) return (frames) => frames;
  return (frames) => frames.map((frame) => mapped(frame, format));
}

function mapped(frame: Frame, format: NonNullable<typeof Error.prepareStackTrace>): Frame {
  try {
    const text = String(format(new Error(''), [new PlacedCallSite(frame) as unknown as NodeJS.CallSite]));
    const line = text.trimEnd().split('\n').at(-1) ?? '';
    const match = NAMED.exec(line) ?? NAMELESS.exec(line);
    if (match === null) return frame;
    const [, file = frame.file, row = '0', column = '0'] = match;
    return { ...frame, file, line: Number(row), column: Number(column) };
  } catch {
    return frame;
  }
}
