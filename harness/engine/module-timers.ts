import { readFileSync } from 'node:fs';
import { moduleVariableOf } from './module-functions';

const read = readFileSync;

/** By these `name` gets out of its module's hands, or is ended there: passed on, answered, assigned to something else, exported, closed. */
function escapes(name: string): RegExp {
  const variable = `${name.replaceAll('$', '\\$')}(?![\\w$])`;
  const passed = `(?:\\b(?!(?:if|while)\\b)[\\w$]+|\\))\\s*\\(\\s*${variable}\\s*[,)]`;
  const answered = `(?:\\breturn|=>)\\s*\\(*\\s*${variable}`;
  const assigned = `[^=!<>]=\\s*${variable}\\s*(?:[;,)}\\n]|$)`;
  const exported = `\\bexport\\s*(?:\\{[^}]*|(?:let|var|const)\\s+)(?<![\\w$])${variable}`;
  const closed = `(?<![\\w$.])${variable}\\s*\\??\\.\\s*close\\b`;
  return new RegExp([passed, answered, assigned, exported, closed].join('|'));
}

/**
 * Whether `timer` is there once for each copy of its module, and for good: what it calls is about the module alone, it is in a
 * variable of the module, and nothing in that module's `file` ends it or hands it out. Whoever used the module first has armed it.
 * @param callback what it calls
 * @param file that armed it
 */
export function isModulesForGood(timer: object, callback: object, file: string): boolean {
  const name = moduleVariableOf(callback, (value) => value === timer);
  if (name === undefined) return false;
  try {
    return !escapes(name).test(read(file, 'utf8'));
  } catch {
    return false;
  }
}
