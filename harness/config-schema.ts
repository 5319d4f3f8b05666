import * as v from 'valibot';
import type { OptionSource, Options } from './config';
import { isFingerprint } from './model/baseline';
import { LEVELS } from './model/level';
import type { Allowance } from './model/rule';
import { grouped } from './model/sentence';
import { UsageError } from './model/usage-error';

const text = v.pipe(
  v.string('a text'),
  v.check((value) => value.trim() !== '', 'a text that is not empty'),
);

const FINGERPRINT = 'a fingerprint of 12 hex digits, as the summary prints it';

const ALLOWANCE = 'an object with a reason and what it covers: kind, fingerprint, package, file or path';
const DAY = 'a day as 2026-12-31';

const isDay = (day: string): boolean => {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${day}T`);
};

const allowanceSchema = v.strictObject(
  {
    reason: text,
    owner: v.optional(text),
    expires: v.optional(v.pipe(v.string(DAY), v.check(isDay, DAY))),
    issue: v.optional(v.pipe(v.string('the address of an issue'), v.url('the address of an issue'))),
    kind: v.optional(text),
    fingerprint: v.optional(v.pipe(v.string(FINGERPRINT), v.check(isFingerprint, FINGERPRINT))),
    package: v.optional(text),
    file: v.optional(text),
    path: v.optional(text),
  },
  ALLOWANCE,
);

const isName = (step: string): boolean => !/^\**$/.test(step);

/** Whether a rule says more of what it covers than its type: a path of one step is a type, too. */
const isSpecific = ({ fingerprint, package: from, file, path = '' }: v.InferOutput<typeof allowanceSchema>): boolean =>
  fingerprint !== undefined || from !== undefined || file !== undefined || path.split('/').filter(isName).length > 1;

const ruleSchema = v.pipe(
  allowanceSchema,
  v.check(
    isSpecific,
    'more than a type: it would let go of every leak of it, anywhere. Name a fingerprint, a package, a file or a path, too',
  ),
);

const MOST_GRACE_MS = 60_000;
const GRACE = `a whole number of milliseconds from 0 to ${grouped(MOST_GRACE_MS)}`;

const HEAP = 'a whole number of bytes, 0 or more';

const OPTIONS = 'an object with level, graceMs, leftovers, allow, known, mostHeapBytes or retention';

const optionsSchema = v.strictObject(
  {
    level: v.optional(v.picklist(LEVELS, 'off, gate, trace or paranoid')),
    graceMs: v.optional(
      v.pipe(v.number(GRACE), v.integer(GRACE), v.minValue(0, GRACE), v.maxValue(MOST_GRACE_MS, GRACE)),
    ),
    leftovers: v.optional(v.picklist(['release', 'keep'], 'release or keep')),
    allow: v.optional(v.array(ruleSchema, 'a list of rules')),
    known: v.optional(v.array(ruleSchema, 'a list of rules')),
    mostHeapBytes: v.optional(v.pipe(v.number(HEAP), v.integer(HEAP), v.minValue(0, HEAP))),
    retention: v.optional(v.picklist(['closed', 'asked'], 'closed or asked')),
  },
  OPTIONS,
);

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
    return `${place} is missing; a rule without a reason cannot be reviewed.`;
  }
  if (issue.type === 'check' && typeof issue.input === 'object') return `${place} must name ${issue.message}.`;
  return `${place} must be ${issue.message}; found ${found(issue.input)}.`;
}

const OPTION_NAMES = `the options are ${Object.keys(optionsSchema.entries).join(', ')}`;
const ALLOWANCE_FIELDS = `a rule has ${Object.keys(allowanceSchema.entries).join(', ')}`;

/**
 * Validates one source.
 * @throws {UsageError} with one clear sentence
 */
export function checkOptions({ place, value, single }: OptionSource): Partial<Options> {
  // To the schema's library a list is as good an object as any.
  if (Array.isArray(value)) throw new UsageError(`${place} must be ${OPTIONS}; found ${found(value)}.`);
  const result = v.safeParse(optionsSchema, value);
  if (result.success) return result.output as Partial<Options>;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const at = path === null || single === true ? place : `${place}: ${path}`;
  throw new UsageError(
    sentence(at, issue, path !== null && /^(?:allow|known)\./.test(path) ? ALLOWANCE_FIELDS : OPTION_NAMES),
  );
}

/**
 * Validates what a test passes to `leakgate.allow`.
 * @throws {UsageError} with one clear sentence
 */
export function checkAllowance(value: unknown): Allowance {
  const result = v.safeParse(allowanceSchema, value);
  if (result.success) return result.output as Allowance;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const place = 'The argument of leakgate.allow';
  throw new UsageError(sentence(path === null ? place : `${place}: ${path}`, issue, ALLOWANCE_FIELDS));
}
