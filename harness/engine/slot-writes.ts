import type { OuterStep } from './heap/outer-holders';

const { toString: textOf } = Function.prototype;

/** What is no code: comments, and strings other than templates. */
const ASIDE = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;

/** The source of a function. */
export const sourceOf = (fn: object): string => textOf.call(fn as () => unknown);

/** Code without comments and strings. */
export const withoutAsides = (text: string): string => text.replace(ASIDE, ' ');

/** A name as it stands in a pattern. */
export const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const ASSIGNED = '\\s*(?:\\?\\?|\\|\\||&&)?=(?![=>])';

/**
 * `x = …`, but no declaration of another `x`; `[x] = …` and `({ x } = …)`. Looks back from the name for its bracket: ahead from every
 * bracket, a table of 10,000 rows took a second.
 */
const assigns = (name: string): RegExp =>
  new RegExp(
    `(?<![\\w$.#]|\\b(?:const|let|var)\\s+)${name}${ASSIGNED}|(?<![\\w$.])${name}\\b(?<=(?<!\\b(?:const|let|var)\\s*)[[{][^=;(){}]*${name})[^=;()]*[\\]}]${ASSIGNED}`,
  );

/**
 * Whether code puts something into one of these slots: assigns the variable or a property of that name, or adds to the collection.
 * Read from its text, so it is asked only of what is known to have run, and only to leave a verdict where it was.
 */
export function writesTo(code: string, slots: readonly Pick<OuterStep, 'how' | 'name'>[]): boolean {
  return slots.some(({ how, name }, index) => {
    switch (how) {
      case 'variable':
        return assigns(escaped(name)).test(code);
      case 'property':
        return new RegExp(`\\.\\s*${escaped(name)}${ASSIGNED}`).test(code);
      case 'element':
      case 'key':
      case 'value':
      case 'member': {
        const list = slots[index - 1]?.name ?? '';
        return new RegExp(`(?<![\\w$#])${escaped(list)}\\s*(?:\\.\\s*(?:push|unshift|set|add)\\s*\\(|\\[)`).test(code);
      }
      default:
        return false;
    }
  });
}

/** Whether code speaks of the variable that these slots begin with. */
export function mentions(code: string, [first]: readonly Pick<OuterStep, 'how' | 'name'>[]): boolean {
  return first?.how === 'variable' && new RegExp(`(?<![\\w$.#])${escaped(first.name)}(?![\\w$])`).test(code);
}

/** Whether code that writes to the last of these slots asks first whether there is something in it. */
export function guards(code: string, slots: readonly Pick<OuterStep, 'how' | 'name'>[]): boolean {
  const last = slots.at(-1);
  if (last === undefined || (last.how !== 'variable' && last.how !== 'property')) return false;
  const name = `${last.how === 'property' ? '\\.\\s*' : '(?<![\\w$.#])'}${escaped(last.name)}(?![\\w$])`;
  return [
    `${name}\\s*(?:\\?\\?|\\|\\|)`,
    `!\\s*[\\w$.]*${name}`,
    `${name}\\s*[!=]==?\\s*(?:undefined|null|void)`,
    `\\bif\\s*\\(\\s*[\\w$.]*${name}\\s*\\)`,
    `${name}\\s*\\?(?![.?])`,
  ].some((text) => new RegExp(text).test(code));
}
