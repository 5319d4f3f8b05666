type Match = (path: string) => boolean;

const compiled = new Map<string, Match>();

/**
 * Whether a path, with forward slashes, matches a glob; names that begin with a dot are names like any other. The library is loaded
 * when there is a glob: most projects have none, and each worker would pay for it.
 */
export function matchesGlob(glob: string, path: string): boolean {
  let match = compiled.get(glob);
  if (match === undefined) {
    const picomatch = require('picomatch') as typeof import('picomatch');
    match = picomatch(glob, { dot: true });
    compiled.set(glob, match);
  }
  return match(path);
}
