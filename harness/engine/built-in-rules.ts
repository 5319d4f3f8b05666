import type { Frame } from '../model/frame';
import { type Rule, ruledOut } from '../model/rule';
import { packageNameOf, withPackageNames } from './package-name';
import type { Identity } from './probe';

const within = (file: string): readonly Frame[] => [{ file, line: 0, column: 0, fn: '', origin: 'library' }];

/**
 * Asks `rules` whether what `trace` opened stays by design; of what is known to be implemented in some file, that file is asked about.
 * Packages go by their own names, and are asked only where a rule is about the kind.
 */
export function byDesign(rules: readonly Rule[]): (identity: Identity, trace: readonly Frame[]) => boolean {
  return ({ kind, implementedIn }, trace) => {
    const apt = rules.filter((rule) => rule.kind === kind);
    if (apt.length === 0) return false;
    const named = withPackageNames(implementedIn === undefined ? trace : within(implementedIn));
    return apt.some((rule) => ruledOut(rule, kind, named));
  };
}

/** A link of a path: in which file the class, or the module, of what holds is written, and under what name it holds. */
export interface WrittenLink {
  readonly file: string | undefined;
  readonly name: string;
}

/** Asks `rules` whether one of the links of a path is that of a list that is kept short. */
export function keptShort(rules: readonly Rule[]): (links: readonly WrittenLink[]) => boolean {
  const apt = rules.filter((rule) => rule.kind === 'growth');
  const isIn = (rule: Rule, file: string): boolean =>
    rule.package === 'node'
      ? file === `node:${rule.file}`
      : file.endsWith(`/${rule.file}`) && packageNameOf(file) === rule.package;
  return (links) =>
    apt.some((rule) => links.some(({ file, name }) => name === rule.fn && file !== undefined && isIn(rule, file)));
}
