/** Where a rule or a baseline stands. */
export interface RulePlace {
  readonly file: string;
  /** From 1; absent where it is not known. */
  readonly line?: number;
}

/**
 * What the place of a rule names: `leakgate.config.ts:12`, or `leakgate.config.ts: allow.0` where its line is not known.
 * `undefined` for a place that is no file, a variable for example.
 */
export function rulePlace(place: string): RulePlace | undefined {
  const [, file, line] = /^(.+):(\d+)$/.exec(place) ?? [];
  if (file !== undefined) return { file, line: Math.max(1, Number(line)) };
  const [, alone] = /^((?:[^:"]*\/)?[^:"/ ]+\.\w+)(?:: (?:allow|known)\.\d+)?$/.exec(place) ?? [];
  return alone === undefined ? undefined : { file: alone };
}
