import type { Finding } from '../model/finding';
import { fingerprint } from '../model/fingerprint';
import type { Accepted, RuleUse } from '../model/ratchet';
import type { Thing } from '../model/resource';
import { type Allowance, covers, isExpired, type PlacedRule } from '../model/rule';
import { say } from '../model/sentence';
import { today } from './clock';
import { matchesGlob } from './glob';
import { type BaselineShare, KnownLeaks } from './known-leaks';
import type { Scope } from './scope';
import { type Ruling, UNKNOWN } from './verdicts';

interface Granted {
  readonly allowance: Allowance;
  readonly scope: Scope;
  used: boolean;
}

/** The exceptions of a project: its rules, and the leaks it had when the gate came. */
export interface Exceptions {
  readonly rules: readonly PlacedRule[];
  readonly baseline: BaselineShare;
}

/** Exceptions with a reason: those of the project, and those a test grants itself. */
export class Allowances {
  readonly #rules: readonly PlacedRule[];
  readonly #expired: readonly PlacedRule[];
  readonly #baseline: KnownLeaks;
  readonly #rootDir: string;
  readonly #granted: Granted[] = [];
  readonly #used = new Set<PlacedRule>();
  #accepted: Accepted[] = [];

  constructor({ rules, baseline }: Exceptions, rootDir: string) {
    const now = today();
    this.#rules = rules.filter(({ rule }) => !isExpired(rule, now));
    this.#expired = rules.filter(({ rule }) => isExpired(rule, now));
    this.#baseline = new KnownLeaks(baseline);
    this.#rootDir = rootDir;
  }

  /** What the project's rules were good for so far. */
  get uses(): readonly RuleUse[] {
    return [...this.#rules, ...this.#expired].map((placed) => {
      const { reason, owner, issue, expires } = placed.rule;
      return {
        verdict: placed.verdict,
        reason,
        place: placed.place,
        ...(owner === undefined ? {} : { owner }),
        ...(issue === undefined ? {} : { issue }),
        ...(expires === undefined ? {} : { expires }),
        ...(this.#expired.includes(placed) ? { expired: true as const } : {}),
        matched: this.#used.has(placed),
      };
    });
  }

  /** Grants one to `scope` and all within it. */
  grant(allowance: Allowance, scope: Scope): void {
    this.#granted.push({ allowance, scope, used: false });
  }

  /** The rulings that nothing covers. */
  apply(rulings: readonly Ruling[]): Ruling[] {
    return rulings.flatMap((ruling) => {
      const accepted = this.#accept(ruling);
      if (accepted === undefined) return [this.#explained(ruling)];
      this.#accepted.push(accepted);
      return [];
    });
  }

  /** Whether the project's exceptions and those of tests cover all of these, which are made only if there are any. Nothing is used up by asking. */
  acceptAll(rulings: () => readonly Ruling[]): boolean {
    if (this.#granted.length === 0 && this.#rules.length === 0 && this.#baseline.isEmpty) return false;
    const left = rulings().filter((ruling) => this.#ruleFor(ruling) === undefined);
    return this.#baseline.has(left.map(({ finding }) => finding));
  }

  /** What was covered since this was asked last. */
  takeAccepted(): readonly Accepted[] {
    const accepted = this.#accepted;
    this.#accepted = [];
    return accepted;
  }

  #accept(ruling: Ruling): Accepted | undefined {
    const { finding } = ruling;
    const by = this.#ruleFor(ruling);
    if (by !== undefined && 'allowance' in by) {
      by.used = true;
      return { finding, by: 'allow', reason: by.allowance.reason };
    }
    if (by !== undefined) {
      this.#used.add(by);
      return { finding, by: by.verdict, reason: by.rule.reason, place: by.place };
    }
    const entry = this.#baseline.use(finding);
    return entry === undefined ? undefined : { finding, by: 'baseline', entry };
  }

  /** What a test has granted comes first. */
  #ruleFor({ scope, finding }: Ruling): Granted | PlacedRule | undefined {
    return (
      this.#granted.find(
        (each) => encloses(each.scope, scope) && this.#covers(each.allowance, finding, this.#rootDir),
      ) ?? this.#rules.find(({ rule, base }) => this.#covers(rule, finding, base))
    );
  }

  readonly #covers = (rule: Allowance, finding: Finding, base: string): boolean =>
    covers(rule, finding, { base, matches: matchesGlob });

  /** Why a finding fails that a rule once covered, or the baseline covers some of. */
  #explained(ruling: Ruling): Ruling {
    const { finding } = ruling;
    const past = this.#expired.find(({ rule, base }) => this.#covers(rule, finding, base));
    const places = this.#baseline.placesFor(finding);
    const notes = [
      ...(past === undefined
        ? []
        : [`The rule at ${past.place} that covered it ("${past.rule.reason}") expired after ${past.rule.expires}.`]),
      ...(places === 0
        ? []
        : [
            `The baseline has ${places === 1 ? 'one leak' : `${places} leaks`} like it in this place; now there are more.`,
          ]),
    ];
    if (notes.length === 0) return ruling;
    return { ...ruling, finding: { ...finding, message: [finding.message, ...notes].join('\n') } };
  }

  /** A ruling for every granted allowance that matched nothing. To be asked when the last verdict has fallen. */
  unused(): Ruling[] {
    return this.#granted
      .filter(({ used }) => !used)
      .map(({ allowance, scope }) => unusedRuling(allowance, scope, this.#rootDir));
  }
}

function unusedRuling(allowance: Allowance, scope: Scope, rootDir: string): Ruling {
  const noun =
    allowance.kind ?? allowance.package ?? allowance.file ?? allowance.path ?? allowance.fingerprint ?? 'any kind';
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
