import * as v from 'valibot';
import { LEVELS, type Level } from './model/level';
import type { Allowance } from './model/rule';

const text = v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'));

const ALLOWANCE = 'an object with a reason and what it covers: kind, fingerprint, package or file';

const allowanceSchema = v.strictObject(
  {
    reason: text,
    kind: v.optional(text),
    fingerprint: v.optional(text),
    package: v.optional(text),
    file: v.optional(text),
  },
  ALLOWANCE,
);

const MOST_GRACE_MS = 60_000;
const GRACE = `a whole number of milliseconds from 0 to ${MOST_GRACE_MS.toLocaleString('en-US')}`;

const OPTIONS = 'an object with level, graceMs, leftovers or allow';

const optionsSchema = v.strictObject(
  {
    level: v.optional(v.picklist(LEVELS, 'off, gate, trace or paranoid')),
    graceMs: v.optional(
      v.pipe(v.number(GRACE), v.integer(GRACE), v.minValue(0, GRACE), v.maxValue(MOST_GRACE_MS, GRACE)),
    ),
    leftovers: v.optional(v.picklist(['release', 'keep'], 'release or keep')),
    allow: v.optional(v.array(allowanceSchema, 'a list of allowances')),
  },
  OPTIONS,
);

/** What a user may set, each with its default. */
export interface Options {
  /**
   * `off`: nothing is recorded. `gate` (default): cheap enough to be always on. `trace`: every stack is captured.
   * `paranoid`: every stack, and verdicts that would wait for the end of the file fall after each test, behind a forced collection.
   */
  readonly level: Level;
  /** How long a suspect may take to close after its scope's teardown, in milliseconds. Default 500; 0 to 60,000. */
  readonly graceMs: number;
  /** `release` (default): what was reported is closed, so that later tests stand on clean ground. `keep`: it is left as it is. */
  readonly leftovers: 'release' | 'keep';
  /** Accepted leaks, each with its reason. An entry that matches nothing in the whole run is itself reported. */
  readonly allow: readonly Allowance[];
}

/** The defaults of every option. */
export const DEFAULTS: Options = { level: 'gate', graceMs: 500, leftovers: 'release', allow: [] };

/** Wrong usage: one sentence that names the place, what was found and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** One place options come from. */
export interface OptionSource {
  /** As the user knows it: `testEnvironmentOptions.leakgate in the Jest configuration`. */
  readonly place: string;
  readonly value: unknown;
  /** The place holds the value of a single option, and names it well enough: a variable, a flag. */
  readonly single?: true;
}

/** Longest excerpt of a wrong value that is worth reading. */
const EXCERPT = 60;

function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  let shown: string;
  try {
    shown = typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
  } catch {
    shown = 'something that is not plain data';
  }
  return shown.length > EXCERPT ? `${shown.slice(0, EXCERPT)}…` : shown;
}

type Issue = v.InferIssue<typeof optionsSchema> | v.InferIssue<typeof allowanceSchema>;

/** Place, what was found, what is allowed. */
function sentence(place: string, issue: Issue, fields: string): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${place} is unknown; ${fields}.`;
  if (issue.type === 'strict_object' && issue.expected === '"reason"') {
    return `${place} is missing; an allowance without a reason cannot be reviewed.`;
  }
  return `${place} must be ${issue.message}; found ${found(issue.input)}.`;
}

const OPTION_NAMES = `the options are ${Object.keys(optionsSchema.entries).join(', ')}`;
const ALLOWANCE_FIELDS = `an allowance has ${Object.keys(allowanceSchema.entries).join(', ')}`;

/**
 * Validates one source.
 * @throws {UsageError} with one clear sentence
 */
export function readOptions({ place, value, single }: OptionSource): Partial<Options> {
  if (value === undefined) return {};
  const result = v.safeParse(optionsSchema, value);
  if (result.success) return result.output as Partial<Options>;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const at = path === null || single === true ? place : `${place}: ${path}`;
  throw new UsageError(sentence(at, issue, path?.startsWith('allow.') === true ? ALLOWANCE_FIELDS : OPTION_NAMES));
}

/**
 * Validates what a test passes to `leakgate.allow`.
 * @throws {UsageError} with one clear sentence
 */
export function readAllowance(value: unknown): Allowance {
  const result = v.safeParse(allowanceSchema, value);
  if (result.success) return result.output as Allowance;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const place = 'The argument of leakgate.allow';
  throw new UsageError(sentence(path === null ? place : `${place}: ${path}`, issue, ALLOWANCE_FIELDS));
}

/** Merges sources, later ones winning; allowances add up. */
export function mergeOptions(sources: readonly OptionSource[]): Options {
  let merged = DEFAULTS;
  for (const source of sources) {
    const options = readOptions(source);
    merged = { ...merged, ...options, allow: [...merged.allow, ...(options.allow ?? [])] };
  }
  return merged;
}

const VARIABLES = { LEAKGATE_LEVEL: 'level', LEAKGATE_GRACE_MS: 'graceMs', LEAKGATE_LEFTOVERS: 'leftovers' } as const;

/** Variables of the harness's own, set between its processes. */
const INTERNAL = new Set([
  'LEAKGATE_RUN_DIR',
  'LEAKGATE_RUN_ID',
  'LEAKGATE_TEST_FILE',
  'LEAKGATE_ENVIRONMENTS',
  'LEAKGATE_PROCESSOR',
  'LEAKGATE_WATCH',
]);

/**
 * Options from `LEAKGATE_*` variables.
 * @throws {UsageError} for a variable of that prefix that is none of ours
 */
export function environmentSources(env: NodeJS.ProcessEnv): OptionSource[] {
  const sources: OptionSource[] = [];
  for (const [name, raw] of Object.entries(env)) {
    if (!name.startsWith('LEAKGATE_') || raw === undefined || raw === '' || INTERNAL.has(name)) continue;
    const option = VARIABLES[name as keyof typeof VARIABLES];
    if (option === undefined) {
      throw new UsageError(
        `The environment variable ${name} is none of leakgate's; it knows ${Object.keys(VARIABLES).join(', ')}.`,
      );
    }
    const value = option === 'graceMs' && raw.trim() !== '' && !Number.isNaN(Number(raw)) ? Number(raw) : raw;
    sources.push({ place: `The environment variable ${name}`, value: { [option]: value }, single: true });
  }
  return sources;
}

/**
 * Options of a docblock pragma: `@leakgate level=trace graceMs=1000`, or a level alone.
 * @throws {UsageError} for what is neither
 */
export function pragmaSource(pragma: string | readonly string[] | undefined, file: string): OptionSource[] {
  if (pragma === undefined) return [];
  const place = `The docblock pragma @leakgate of ${file}`;
  const value: Record<string, unknown> = {};
  for (const word of (typeof pragma === 'string' ? pragma : pragma.join(' ')).split(/\s+/).filter(Boolean)) {
    const [name = '', raw] = word.split('=', 2);
    if (raw === undefined) value.level = name;
    else value[name] = raw !== '' && !Number.isNaN(Number(raw)) ? Number(raw) : raw;
  }
  return [{ place, value }];
}
