import type { Frame, FrameOrigin } from '../model/frame';
import { nowMs } from './clock';
import type { FileClassifier } from './file-classifier';
import { KnownFiles } from './known-files';
import { isServing } from './serving';

/** The stack of an opening, reduced at once to places: it holds nothing alive. */
export interface Opening {
  /**
   * User and library frames, innermost first; the runner's own and Node's are left out, and so is the function around a promise's
   * executor or an array's callback in the same file: the two are one act.
   */
  readonly frames: readonly Frame[];
  /** Node module that made the resource on somebody's behalf (`node:_http_server`), `undefined` if user or library code called the public API. */
  readonly inner: string | undefined;
  /** Name of the function in `inner`. */
  readonly innerFn: string;
  /** A module's top-level code was running: the resource belongs to the file. */
  readonly atImport: boolean;
  /** Whose module it was. */
  readonly importing?: FrameOrigin;
  /** If it was a library's code that opened it: the file that the user's code, or in a later tick Node, has called. */
  readonly entered?: string;
  /**
   * Not the tests' doing: frames of the runner were on the stack, and none of the user's, not even as a module loading; or none but those
   * of files that the runner itself has loaded.
   */
  readonly hostOnly: boolean;
  /** Who opened it for itself, by the innermost frame: Node, or the runner (a test's deadline). */
  readonly forItself: 'node' | 'runner' | undefined;
  /** A plug-in of the runner was at work (a transformer): what it opens is the runner's, whoever needed it first. */
  readonly byPlugin: boolean;
  /**
   * It is the DOM of a page that called Node's API, on somebody's behalf: the function of it that was called, `window.setInterval`. Where
   * nobody's code is on the stack, the one that Node has called.
   */
  readonly page?: string;
  /** Node has called for a connection that a server of this process has accepted, or was asked to upgrade. */
  readonly served?: true;
  /** When its stack was captured, by the harness's own clock. 0 if none was. */
  readonly atMs: number;
}

/** The opening of what is none of the file's: no stack is spent on it. */
export const OUTSIDE: Opening = {
  frames: [],
  inner: undefined,
  innerFn: '',
  atImport: false,
  hostOnly: true,
  forItself: undefined,
  byPlugin: false,
  atMs: 0,
};

/** Whether the user's own code is on it. */
export const knowsUser = (opening: Opening | undefined): opening is Opening =>
  opening?.frames.some((frame) => frame.origin === 'user') ?? false;

/** Whether library frames further out may have been left out. */
export const isCut = (opening: Opening): boolean =>
  opening.frames.filter((frame) => frame.origin === 'library').length >= KEPT_LIBRARY;

/**
 * How far down a stack is looked. `near`: the first frames. `far`: further down for the user's code, if those are all a library's.
 * `deep`: all at once, where they nearly always are.
 */
export type Reach = 'near' | 'far' | 'deep';

/** Frames of a first look: the five of Node's own between `init` and a timer's caller, and the callers that matter. */
const SHORT = 14;
/** Frames of a second look, through a library that was called in this very tick. */
const LONG = 64;
/** Library frames kept, innermost first: enough to say which call it was. */
export const KEPT_LIBRARY = 3;
/** User frames kept, innermost first. */
const KEPT_USER = 6;

const SERVED = { served: true } as const;

/** Node's own machinery between `init` and the public API that was called: never who made a resource. */
const MACHINERY = new Set(['node:internal/async_hooks', 'node:async_hooks', 'node:internal/timers', 'node:timers']);

const NativeError = Error;
const captureStackTrace = Error.captureStackTrace;

/** Built-ins that call at once what is written on the spot: a promise's executor, the callback of `map` or `forEach`. */
const callsInline = (site: NodeJS.CallSite): boolean => {
  const name = site.getFunctionName();
  return (name === 'Promise' && site.isConstructor()) || ARRAY_CALLERS.has(name ?? '');
};

const ARRAY_CALLERS = new Set(['map', 'forEach', 'flatMap', 'from']);

/** Captures openings. Saves and restores whatever it needs of `Error`, so that tampering on either side is not felt on the other. */
export class OpeningCamera {
  readonly #files: KnownFiles;
  /** Openings whose last look had to reach far: the next one does so at once. */
  readonly #farther = new WeakSet<object>();
  #last: Opening | undefined;
  /** The first frames are all that is wanted, if they tell. */
  #nearFirst = false;
  /** The first frames told all that more could. */
  #nearTells = false;
  #caller: string | undefined;

  constructor(classifier: FileClassifier) {
    this.#files = new KnownFiles(classifier);
  }

  /**
   * The stack of the running code above `above`, reduced. `undefined` if V8 would not give one.
   * @param alike what openings of the same sort have in common: they need to reach as far
   */
  take(above: (...args: never[]) => unknown, reach: Reach, alike: object = above): Opening | undefined {
    this.#nearFirst = reach === 'far';
    if (!this.#nearFirst) return this.#capture(above, reach === 'deep' ? LONG : SHORT);
    // A second look costs as much as the first, and a longer first one little more.
    const atOnce = this.#farther.has(alike);
    const opening = this.#capture(above, atOnce ? LONG : SHORT);
    if (this.#nearTells) this.#farther.delete(alike);
    if (this.#nearTells || atOnce || opening === undefined) return opening;
    this.#farther.add(alike);
    return this.#capture(above, LONG) ?? opening;
  }

  /** The file of the code that called `above`, so many steps out. Few frames, so a fraction of what an opening costs. */
  callerOf(above: (...args: never[]) => unknown, steps: number): string | undefined {
    this.#caller = undefined;
    this.#capture(above, steps);
    return this.#caller;
  }

  #capture(above: (...args: never[]) => unknown, limit: number): Opening | undefined {
    const prepare = NativeError.prepareStackTrace;
    const stackTraceLimit = NativeError.stackTraceLimit;
    const holder: { stack?: unknown } = {};
    this.#last = undefined;
    try {
      NativeError.prepareStackTrace = this.#reduce;
      NativeError.stackTraceLimit = limit;
      captureStackTrace(holder, above);
      void holder.stack;
    } catch {
      return undefined;
    } finally {
      try {
        NativeError.prepareStackTrace = prepare as NonNullable<typeof prepare>;
        NativeError.stackTraceLimit = stackTraceLimit;
      } catch {
        // A frozen Error cannot have been changed above either.
      }
    }
    return this.#last;
  }

  readonly #reduce = (_error: unknown, sites: readonly NodeJS.CallSite[]): string => {
    this.#caller = sites.at(-1)?.getFileName() ?? undefined;
    const serves = isServing(this.#caller === 'node:internal/async_hooks' ? sites.at(-2) : sites.at(-1));
    const opening = this.#summary(this.#nearFirst ? sites.slice(0, SHORT) : sites, serves);
    this.#nearTells = sites.length < SHORT || opening.forItself === 'runner' || knowsUser(opening);
    this.#last = this.#nearFirst && !this.#nearTells && sites.length > SHORT ? this.#summary(sites, serves) : opening;
    return '';
  };

  #summary(sites: readonly NodeJS.CallSite[], serves: boolean): Opening {
    const frames: Frame[] = [];
    let inner: string | undefined;
    let innerFn = '';
    let above = true;
    let atImport = false;
    let host = false;
    let user = 0;
    let outsiders = 0;
    let library = 0;
    let byPlugin = false;
    let forItself: Opening['forItself'];
    let inline: string | undefined;
    let last: FrameOrigin = 'node';
    let importing: FrameOrigin | undefined;
    let entered: string | undefined;
    let page: string | undefined;
    for (const site of sites) {
      const file = site.getFileName();
      if (file == null || file === '') {
        // What `vm.compileFunction` makes of a text has a name, and an empty one.
        if (file === '') above = false;
        if (callsInline(site)) inline = frames.at(-1)?.file;
        continue;
      }
      const written = inline === file;
      inline = undefined;
      if (written) continue;
      const known = this.#files.of(file);
      const { origin } = known;
      switch (origin) {
        case 'node':
          if (above && !MACHINERY.has(file)) {
            inner = file;
            if (!host) forItself = 'node';
            innerFn = site.getFunctionName() ?? '';
            above = false;
          }
          break;
        case 'harness':
          break;
        case 'text':
          above = false;
          break;
        case 'host':
          if (!host && above && known.isForItself) forItself = 'runner';
          host = true;
          if (known.isPage && user + library === 0) page = site.getFunctionName() ?? '';
          byPlugin ||= known.isPluginCall;
          if (!atImport) {
            atImport = this.#files.isImport(file, known, site.getFunctionName() ?? '');
            if (atImport) importing = last;
          }
          break;
        case 'library':
        case 'user':
          above = false;
          last = origin;
          if (user === 0 && origin === 'library') entered = file;
          if (known.mayBeOutsiders && this.#files.isOutsiders(file)) outsiders++;
          if (origin === 'user' ? ++user > KEPT_USER : ++library > KEPT_LIBRARY) break;
          frames.push({
            file,
            line: site.getLineNumber() ?? 0,
            column: site.getColumnNumber() ?? 0,
            fn: site.getFunctionName() ?? '',
            origin,
          });
          break;
      }
    }
    const hostOnly = !atImport && (user > 0 ? outsiders === user : host);
    const imported = importing === undefined ? {} : { importing };
    const through = entered === undefined ? {} : { entered };
    const asPage = page === undefined ? {} : { page };
    const served = serves ? SERVED : {};
    const atMs = nowMs();
    return {
      frames,
      inner,
      innerFn,
      atImport,
      ...imported,
      ...through,
      ...asPage,
      ...served,
      hostOnly,
      forItself,
      byPlugin,
      atMs,
    };
  }
}
