/** Where the code of a stack frame comes from, as the runner classifies its file. */
export type FrameOrigin = 'node' | 'host' | 'library' | 'user';

/** One place in the source: a file, a 1-based line and column, and the function that stood there. */
export interface Frame {
  /** Absolute path, or a `node:` id. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** Function name as V8 gives it; empty at module level or in an anonymous function. */
  readonly fn: string;
  readonly origin: FrameOrigin;
  /** The npm package's own name, where its folder bears another: an alias. */
  readonly package?: string;
}

const MODULES = '/node_modules/';

/** Before a drive's letter the slash is the URL's, not the path's. */
const URL_START = /^file:\/\/(?:\/(?=[a-z]:))?/i;

/** The path of a `file:` URL. One that code gave itself (`//# sourceURL`) need not be a URL's. */
function pathOf(url: string): string {
  const path = url.replace(URL_START, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `file` with forward slashes, and a `file:` URL turned into its path. */
export function normalizePath(file: string): string {
  const path = file.startsWith('file://') ? pathOf(file) : file;
  return path.includes('\\') ? path.replaceAll('\\', '/') : path;
}

/** The npm package a file belongs to, by its folder, scope included; `undefined` for files outside `node_modules`. */
export function packageOf(file: string): string | undefined {
  const path = normalizePath(file);
  const at = path.lastIndexOf(MODULES);
  if (at < 0) return undefined;
  const [first = '', second = ''] = path.slice(at + MODULES.length).split('/', 2);
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** The folder of that package. */
export function packageFolderOf(file: string): string | undefined {
  const name = packageOf(file);
  if (name === undefined) return undefined;
  const path = normalizePath(file);
  return path.slice(0, path.lastIndexOf(MODULES) + MODULES.length) + name;
}

/** The npm package a frame is in, by its own name where that is known, else by its folder. */
export const packageOfFrame = (frame: Frame): string | undefined => frame.package ?? packageOf(frame.file);

/** The innermost place of the user's own in a stack, as `file:line:column`; empty if there is none. */
export function userPlace(frames: readonly Frame[]): string {
  const at = frames.find(({ origin }) => origin === 'user');
  return at === undefined ? '' : `${at.file}:${at.line}:${at.column}`;
}

/** `at fn (file:line:column)`, the form V8 prints and Jest reads. */
export function formatFrame(frame: Frame): string {
  const place = `${frame.file}:${frame.line}:${frame.column}`;
  return frame.fn === '' ? `at ${place}` : `at ${frame.fn} (${place})`;
}
