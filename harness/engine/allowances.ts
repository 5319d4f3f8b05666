import { fingerprint } from '../model/fingerprint';
import type { Thing } from '../model/resource';
import { type Allowance, covers } from '../model/rule';
import { say } from '../model/sentence';
import type { Scope } from './scope';
import { type Ruling, UNKNOWN } from './verdicts';

interface Granted {
  readonly allowance: Allowance;
  readonly scope: Scope;
  used: boolean;
}

/** Exceptions with a reason: those of the configuration, and those a test grants itself. */
export class Allowances {
  readonly #configured: readonly Allowance[];
  readonly #granted: Granted[] = [];
  readonly #usedReasons = new Set<string>();
  #covered = 0;

  constructor(configured: readonly Allowance[]) {
    this.#configured = configured;
  }

  /** How many findings were covered. */
  get covered(): number {
    return this.#covered;
  }

  /** Reasons of the configured allowances that covered something. */
  get usedReasons(): readonly string[] {
    return [...this.#usedReasons];
  }

  /** Grants one to `scope` and all within it. */
  grant(allowance: Allowance, scope: Scope): void {
    this.#granted.push({ allowance, scope, used: false });
  }

  /** The rulings that no allowance covers. */
  apply(rulings: readonly Ruling[]): Ruling[] {
    return rulings.filter(({ scope, finding }) => {
      const granted = this.#granted.find((each) => encloses(each.scope, scope) && covers(each.allowance, finding));
      const configured = granted ?? this.#configured.find((allowance) => covers(allowance, finding));
      if (configured === undefined) return true;
      if (granted !== undefined) granted.used = true;
      else this.#usedReasons.add((configured as Allowance).reason);
      this.#covered++;
      return false;
    });
  }

  /** A ruling for every granted allowance that matched nothing. To be asked when the last verdict has fallen. */
  unused(rootDir: string): Ruling[] {
    return this.#granted
      .filter(({ used }) => !used)
      .map(({ allowance, scope }) => unusedRuling(allowance, scope, rootDir));
  }
}

function unusedRuling(allowance: Allowance, scope: Scope, rootDir: string): Ruling {
  const noun = allowance.kind ?? allowance.package ?? allowance.file ?? allowance.fingerprint ?? 'any kind';
  const root: Thing = { kind: 'allowance', noun, label: `("${allowance.reason}")`, facts: {}, owns: [] };
  const ref = scope.ref();
  return {
    scope,
    finding: {
      kind: 'unused-allow',
      scope: ref,
      owner: 'lineage',
      root,
      count: 1,
      trace: [],
      fingerprint: fingerprint({ findingKind: 'unused-allow', kind: noun, trace: [], rootDir }),
      message: say({ kind: 'unused-allow', scope: ref, root, words: UNKNOWN, count: 1 }),
    },
  };
}

function encloses(outer: Scope, inner: Scope): boolean {
  for (let scope: Scope | undefined = inner; scope !== undefined; scope = scope.parent)
    if (scope === outer) return true;
  return false;
}
