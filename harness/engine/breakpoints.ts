import type { Debugger, Runtime } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';
import { InspectorSession } from './inspector-session';

const GROUP = 'leakgate';

/** A function as the debugger knows it. */
interface Known {
  readonly objectId: string;
  /** Where its parameters begin; where the class begins, if it has no constructor of its own. */
  readonly at: Debugger.Location | undefined;
}

/** Whether code ends with a `return` that gives something other than `this`. */
function isValue(code: string): boolean {
  const [, given = ''] = /\breturn\b(?!\s*this\s*;?\s*$)([^;]*[^;\s][^;]*);?\s*$/.exec(code) ?? [];
  let depth = 0;
  // A brace too many ends a function, or a block, that this `return` stands in.
  for (const brace of given.replace(/[^{}]/g, '')) {
    depth += brace === '{' ? 1 : -1;
    if (depth < 0) return false;
  }
  return given !== '' && depth === 0;
}

/**
 * Sees calls of functions without touching them: by breakpoints whose condition is never met. So a class is seen at work by whatever
 * name it was imported, in CommonJS and ESM alike, frozen, compiled long before, and nothing about it is changed. About 25 µs a call.
 */
export class Breakpoints {
  readonly #session = new InspectorSession();
  readonly #sources = new Map<string, readonly string[]>();
  readonly #nodes = new Set<string>();

  /** @throws if this build of Node has no inspector */
  constructor() {
    this.#session.onScript((scriptId, url) => {
      if (url.startsWith('node:')) this.#nodes.add(scriptId);
    });
    this.#session.post('Debugger.enable');
    // A `debugger` statement of the user's would stop here, where nobody could go on: that is another session's business.
    this.#session.post('Debugger.setSkipAllPauses', { skip: true });
    // Else V8 passes by a constructor that was not written, if a derived class has none either; it is decided at the first call of each.
    setFlagsFromString('--no-omit-default-ctors');
  }

  /**
   * Evaluates `expression`, which must never be true, in the frame of every call of `fn`, at its begin: `this` is bound there, unless
   * `fn` is the constructor of a derived class.
   * @throws if the debugger refuses
   */
  atCall(fn: object, expression: string): void {
    this.#with(fn, ({ objectId }) => {
      this.#session.post('Debugger.setBreakpointOnFunctionCall', { objectId, condition: expression });
    });
  }

  /** Evaluates `expression` wherever `fn` returns, not where it throws. Gives whether it has been written, and so can be seen returning. */
  atReturn(fn: object, expression: string): boolean {
    return this.#with(fn, ({ at }) => {
      const returns = this.#placesIn(at).filter(({ type }) => type === 'return');
      for (const place of returns) this.#break(place, expression);
      return returns.length > 0;
    });
  }

  /** Whether `fn` has a `return` of something other than `this`: what a constructor returns may be another object, or a proxy. */
  returnsAnother(fn: object): boolean {
    return this.#with(fn, ({ at }) =>
      this.#placesIn(at).some((place) => place.type === 'return' && at !== undefined && isValue(this.#text(at, place))),
    );
  }

  /**
   * Evaluates `expression` whenever the function that begins at a place is at work. Does nothing if none is written there, or if it is
   * Node's own.
   */
  atPlace(begin: Debugger.Location, expression: string): void {
    let first: Debugger.Location | undefined;
    try {
      [first] = this.#placesIn(begin);
    } catch {
      // What Node has brought along in its own snapshot is of no context that the debugger knows.
      return;
    }
    if (first !== undefined) this.#break(first, expression);
  }

  /** Whether `fn` is V8's or Node's own: too many others call it. */
  isBuiltIn(fn: object): boolean {
    return this.#with(fn, ({ at }) => at === undefined || this.#nodes.has(at.scriptId));
  }

  /** What a proxy stands for, without a word to its handler; `undefined` once it is revoked. About 0.1 ms. */
  targetOf(proxy: object): unknown {
    return this.#with(proxy, (_known, properties) => {
      const { objectId } = properties?.find(({ name }) => name === '[[Target]]')?.value ?? {};
      return objectId === undefined ? undefined : this.#session.objectOf(objectId);
    });
  }

  /** Takes all breakpoints back. */
  stop(): void {
    this.#session[Symbol.dispose]();
    setFlagsFromString('--omit-default-ctors');
  }

  /** Where the function can be stopped whose parameters begin there. */
  #placesIn(begin: Debugger.Location | undefined): readonly Debugger.BreakLocation[] {
    if (begin === undefined || this.#sourceAt(begin) !== '(') return [];
    return this.#session.post<Debugger.GetPossibleBreakpointsReturnType>('Debugger.getPossibleBreakpoints', {
      start: begin,
      restrictToFunction: true,
    }).locations;
  }

  #break({ scriptId, lineNumber, columnNumber = 0 }: Debugger.Location, condition: string): void {
    this.#session.post('Debugger.setBreakpoint', { location: { scriptId, lineNumber, columnNumber }, condition });
  }

  #with<T>(
    fn: object,
    use: (known: Known, properties: readonly Runtime.InternalPropertyDescriptor[] | undefined) => T,
  ): T {
    const read = (objectId: string): T => {
      const { internalProperties } = this.#session.post<Runtime.GetPropertiesReturnType>('Runtime.getProperties', {
        objectId,
        ownProperties: true,
      });
      const at = internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value as unknown;
      return use({ objectId, at: at as Debugger.Location | undefined }, internalProperties);
    };
    return this.#session.handing(fn, read, GROUP);
  }

  #sourceAt({ scriptId, lineNumber, columnNumber = 0 }: Debugger.Location): string | undefined {
    return this.#linesOf(scriptId)[lineNumber]?.charAt(columnNumber);
  }

  /** What is written between two places. */
  #text({ scriptId, lineNumber, columnNumber = 0 }: Debugger.Location, end: Debugger.Location): string {
    const lines = this.#linesOf(scriptId).slice(lineNumber, end.lineNumber + 1);
    lines.push((lines.pop() ?? '').slice(0, end.columnNumber));
    return lines.join('\n').slice(columnNumber);
  }

  #linesOf(scriptId: string): readonly string[] {
    let lines = this.#sources.get(scriptId);
    if (lines === undefined) {
      const { scriptSource } = this.#session.post<Debugger.GetScriptSourceReturnType>('Debugger.getScriptSource', {
        scriptId,
      });
      lines = scriptSource.split(/\r\n|[\n\r\u2028\u2029]/);
      this.#sources.set(scriptId, lines);
    }
    return lines;
  }
}
