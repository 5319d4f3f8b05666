import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

// A test may have put a stand-in in its place.
const read = readFileSync;

const IMPORTS = [
  /\bimport\b([^;'"]*?)\bfrom\s*['"]([^'"]+)['"]/g,
  /\b(?:const|let|var|import)\s+([\w$]+|\{[^}]*\})\s*=\s*(?:await\s+import|require)\s*\(\s*['"]([^'"]+)['"]/g,
];

/** The names that such a clause gives: the last word between two commas. */
const namesIn = (clause: string): readonly string[] =>
  clause.split(/[,{}]/).flatMap((part) => /([\w$]+)\s*$/.exec(part)?.[1] ?? []);

/** As compilers call what they make of `import … from 'a-package'`: `_apackage`, `_aPackage`. */
const plain = (name: string): string => name.replace(/[^a-z0-9]/gi, '').toLowerCase();

/**
 * Whether a variable of a module is what that imports from a package, or a part of it: nobody but the package has made it. By the
 * source of the module, which may be compiled; `false` where that cannot be read.
 */
export function isFromPackage(file: string | undefined, variable: string): boolean {
  if (file === undefined) return false;
  try {
    const text = read(file, 'utf8');
    const imports = IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)]);
    return imports.some(
      ([, clause = '', from = '']) =>
        /^[^./]/.test(from) &&
        (namesIn(clause).includes(variable) || (variable.startsWith('_') && plain(variable) === plain(basename(from)))),
    );
  } catch {
    return false;
  }
}
