import type { Level } from './model/level';
import type { Allowance, PlacedRule } from './model/rule';
import { UsageError } from './model/usage-error';

export { UsageError };

/** What a user may set, each with its default. */
export interface Options {
  /**
   * `off`: nothing is recorded. `gate` (default): cheap enough to be always on. `trace`: every stack is captured, of promises too.
   * `paranoid`: every stack, and verdicts that would wait for the end of the file fall after each test, behind a forced collection.
   */
  readonly level: Level;
  /** How long a suspect may take to close after its scope's teardown, in milliseconds. Default 500; 0 to 60,000. */
  readonly graceMs: number;
  /** `release` (default): what was reported is closed, so that later tests stand on clean ground. `keep`: it is left as it is. */
  readonly leftovers: 'release' | 'keep';
  /** What cannot leak, or is accepted, each with its reason. A rule that matches nothing in the whole run is itself reported. */
  readonly allow: readonly Allowance[];
  /** What leaks and is not this project's to mend, each with its reason. Reported in the same way when it matches nothing. */
  readonly known: readonly Allowance[];
  /**
   * Bytes of used heap past which no snapshot is taken to find out by what an object is held, for it would take too long; what was
   * expected to be collected is then reported without that. Default 150,000,000.
   */
  readonly mostHeapBytes: number;
  /**
   * What is expected to be collected when its file ends. `closed` (default): everything that tests have closed, and what they ask about
   * (`expectCollected`, `track`), which takes one forced collection a file. `asked`: only what they ask about, and no collection where they
   * ask about nothing.
   */
  readonly retention: 'closed' | 'asked';
}

/** The defaults of every option. */
export const DEFAULTS: Options = {
  level: 'gate',
  graceMs: 500,
  leftovers: 'release',
  allow: [],
  known: [],
  mostHeapBytes: 150_000_000,
  retention: 'closed',
};

/** One place options come from. */
export interface OptionSource {
  /** As the user knows it: `testEnvironmentOptions.leakgate in the Jest configuration`. */
  readonly place: string;
  readonly value: unknown;
  /** The place holds the value of a single option, and names it well enough: a variable, a flag. */
  readonly single?: true;
  /** It was read and found valid in another process. */
  readonly valid?: true;
  /** Folder that its rules' globs start from. Default: the Jest project's. */
  readonly base?: string;
  /** Where each of its rules stands, by its path in `value` (`allow.0`). */
  readonly lines?: Readonly<Record<string, string>>;
}

/**
 * Validates one source. The schema library is loaded when there is something to validate: most projects set nothing, and each
 * worker would pay for it.
 * @throws {UsageError} with one clear sentence
 */
export function readOptions(source: OptionSource): Partial<Options> {
  if (source.value === undefined) return {};
  if (source.valid === true) return source.value as Partial<Options>;
  const { checkOptions } = require('./config-schema') as typeof import('./config-schema');
  return checkOptions(source);
}

/**
 * Validates what a test passes to `leakgate.allow`.
 * @throws {UsageError} with one clear sentence
 */
export function readAllowance(value: unknown): Allowance {
  const { checkAllowance } = require('./config-schema') as typeof import('./config-schema');
  return checkAllowance(value);
}

/** Without what is there and says nothing: `{ graceMs: process.env.CI ? 2_000 : undefined }`. */
const said = (options: Partial<Options>): Partial<Options> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Merges sources, later ones winning; rules add up. */
export function mergeOptions(sources: readonly OptionSource[]): Options {
  let merged = DEFAULTS;
  for (const source of sources) {
    if (source.value === undefined) continue;
    const options = said(readOptions(source));
    merged = {
      ...merged,
      ...options,
      allow: [...merged.allow, ...(options.allow ?? [])],
      known: [...merged.known, ...(options.known ?? [])],
    };
  }
  return merged;
}

/** Every rule of `sources`, which are valid, with the place where it stands. */
export function placedRules(sources: readonly OptionSource[], rootDir: string): readonly PlacedRule[] {
  return sources.flatMap((source) => {
    const { place, value, lines, base = rootDir } = source;
    const lists = (value ?? {}) as Partial<Options>;
    return (['known', 'allow'] as const).flatMap((verdict) =>
      (lists[verdict] ?? []).map((rule, index) => {
        const path = `${verdict}.${index}`;
        return { verdict, rule, base, place: lines?.[path] ?? `${place}: ${path}` };
      }),
    );
  });
}

const VARIABLES = {
  LEAKGATE_LEVEL: 'level',
  LEAKGATE_GRACE_MS: 'graceMs',
  LEAKGATE_LEFTOVERS: 'leftovers',
  LEAKGATE_MOST_HEAP_BYTES: 'mostHeapBytes',
  LEAKGATE_RETENTION: 'retention',
} as const;

const isNumber = (option: string): boolean => option === 'graceMs' || option === 'mostHeapBytes';

/** Variables of the harness's own, set between its processes. */
const INTERNAL = new Set([
  'LEAKGATE_RUN_DIR',
  'LEAKGATE_RUN_ID',
  'LEAKGATE_TEST_FILE',
  'LEAKGATE_PROCESSOR',
  'LEAKGATE_WATCH',
]);

/** So many letters apart, a name is a slip of the pen: `LEAKGATE_GRACE`. */
const SLIP = 3;

const isOurs = (name: string): boolean => name in VARIABLES || INTERNAL.has(name);

function isSlip(name: string): boolean {
  const { distance } = require('fastest-levenshtein') as typeof import('fastest-levenshtein');
  return Object.keys(VARIABLES).some((known) => distance(name, known) <= SLIP);
}

/** Variables of our prefix that are somebody else's, as a script's around Jest: not read, and that is worth a note. */
export const strangeVariables = (env: NodeJS.ProcessEnv): readonly string[] =>
  Object.keys(env).filter((name) => name.startsWith('LEAKGATE_') && env[name] !== '' && !isOurs(name));

/**
 * Options from `LEAKGATE_*` variables.
 * @throws {UsageError} for one that is nearly, but not quite, one of ours
 */
export function environmentSources(env: NodeJS.ProcessEnv): OptionSource[] {
  const sources: OptionSource[] = [];
  for (const [name, raw] of Object.entries(env)) {
    if (!name.startsWith('LEAKGATE_') || raw === undefined || raw === '' || INTERNAL.has(name)) continue;
    const option = VARIABLES[name as keyof typeof VARIABLES];
    if (option === undefined) {
      if (!isSlip(name)) continue;
      throw new UsageError(
        `The environment variable ${name} is none of leakgate's; it knows ${Object.keys(VARIABLES).join(', ')}.`,
      );
    }
    const value = isNumber(option) && raw.trim() !== '' && !Number.isNaN(Number(raw)) ? Number(raw) : raw;
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
