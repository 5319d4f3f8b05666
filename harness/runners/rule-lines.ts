import type { Allowance, RuleVerdict } from '../model/rule';

/** How a text may stand in a source file: as it is, or with its quotes escaped. */
const spellings = (text: string): readonly string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  text.replaceAll("'", "\\'"),
];

function occurrence(source: string, text: string, skip: number): number {
  let at = -1;
  for (let seen = 0; seen <= skip; seen++) {
    const from = at + 1;
    const found = spellings(text).flatMap((each) => {
      const index = source.indexOf(each, from);
      return index < 0 ? [] : [index];
    });
    if (found.length === 0) return -1;
    at = Math.min(...found);
  }
  return at;
}

/** Where the object begins that `at` stands in. */
function objectAround(source: string, at: number): number {
  let depth = 0;
  for (let index = at; index >= 0; index--) {
    if (source[index] === '}') depth++;
    else if (source[index] === '{' && depth-- === 0) return index;
  }
  return at;
}

/**
 * The line each rule begins at, by its path in the configuration (`allow.0`), found by its reason: a configuration may be code, and
 * its values know nothing of their lines. A rule whose reason is not written out in the file has none.
 */
export function ruleLines(source: string, config: unknown): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  if (typeof config !== 'object' || config === null) return lines;
  const seen = new Map<string, number>();
  for (const [name, rules] of Object.entries(config)) {
    if (!(['allow', 'known'] satisfies RuleVerdict[] as string[]).includes(name) || !Array.isArray(rules)) continue;
    for (const [index, rule] of (rules as readonly (Partial<Allowance> | undefined)[]).entries()) {
      const reason = rule?.reason;
      if (typeof reason !== 'string' || reason === '') continue;
      const skip = seen.get(reason) ?? 0;
      seen.set(reason, skip + 1);
      const at = occurrence(source, reason, skip);
      if (at < 0) continue;
      lines.set(`${name}.${index}`, source.slice(0, objectAround(source, at)).split('\n').length);
    }
  }
  return lines;
}
