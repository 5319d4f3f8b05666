import * as v from 'valibot';
import type { Finding } from './model/finding';
import { OUTCOMES, REPORT_VERSION, type RunReport } from './model/report';
import type { Thing } from './model/resource';

// Loose throughout: a field that a later leakgate adds is kept, and is no new version.

const text = v.string();
const texts = v.array(text);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const milliseconds = v.pipe(v.number(), v.minValue(0));
const version = v.literal(REPORT_VERSION);

const frameSchema = v.looseObject({
  file: text,
  line: v.number(),
  column: v.number(),
  fn: text,
  origin: v.picklist(['node', 'host', 'library', 'user']),
  package: v.exactOptional(text),
});

const scopeSchema = v.looseObject({
  kind: v.picklist(['run', 'file', 'suite', 'test', 'hook', 'block']),
  path: texts,
  file: text,
  hook: v.exactOptional(text),
});

const thingSchema: v.GenericSchema<Thing> = v.looseObject({
  kind: text,
  noun: text,
  label: text,
  detail: v.exactOptional(text),
  facts: v.record(text, v.union([text, v.number(), v.boolean()])),
  separate: v.exactOptional(v.literal(true)),
  openedAt: v.exactOptional(frameSchema),
  closed: v.exactOptional(v.literal(true)),
  owns: v.array(v.lazy(() => thingSchema)),
});

const hopSchema = v.looseObject({
  how: v.picklist(['property', 'private', 'symbol', 'variable', 'element', 'key', 'value', 'member', 'internal']),
  name: text,
  holds: text,
  suspect: v.exactOptional(v.boolean()),
  at: v.exactOptional(frameSchema),
});

const pathSchema = v.looseObject({
  root: v.looseObject({
    kind: v.picklist(['module', 'global', 'timer', 'callback', 'native', 'runtime']),
    label: text,
    at: v.exactOptional(frameSchema),
  }),
  hops: v.array(hopSchema),
  below: v.array(hopSchema),
  alike: count,
  bytes: v.number(),
  totalBytes: v.number(),
  fingerprint: text,
});

const findingSchema: v.GenericSchema<Finding> = v.looseObject({
  kind: v.picklist(['leak', 'late', 'foreign-close', 'unproven', 'retained', 'unused-allow']),
  class: v.exactOptional(v.literal('library')),
  scope: scopeSchema,
  owner: v.picklist(['lineage', 'trigger', 'window', 'overlap', 'none']),
  root: thingSchema,
  count,
  ways: v.exactOptional(count),
  waysAt: v.exactOptional(text),
  openedAt: v.exactOptional(frameSchema),
  closedAt: v.exactOptional(frameSchema),
  leftAt: v.exactOptional(frameSchema),
  path: v.exactOptional(pathSchema),
  trace: v.array(frameSchema),
  openedBy: v.exactOptional(text),
  fingerprint: v.pipe(text, v.nonEmpty()),
  message: text,
});

const caseSchema = v.looseObject({
  path: texts,
  status: v.picklist(['passed', 'failed', 'skipped', 'todo']),
  durationMs: milliseconds,
  failure: v.exactOptional(text),
  findings: v.exactOptional(v.array(count)),
  timeline: v.exactOptional(
    v.array(
      v.looseObject({
        atMs: v.number(),
        what: v.picklist(['opened', 'closed', 'left', 'hook']),
        kind: text,
        label: text,
        line: v.exactOptional(text),
        thing: v.exactOptional(count),
        forMs: v.exactOptional(v.number()),
      }),
    ),
  ),
});

const probeFailure = { probe: text, why: text };

const ruleSchema = v.looseObject({
  verdict: v.picklist(['allow', 'known']),
  reason: text,
  place: text,
  owner: v.exactOptional(text),
  issue: v.exactOptional(text),
  expires: v.exactOptional(text),
  expired: v.exactOptional(v.literal(true)),
  matched: v.boolean(),
});

const entrySchema = v.looseObject({
  fingerprint: text,
  file: text,
  test: text,
  places: count,
  left: v.exactOptional(text),
  kind: text,
  opens: text,
  line: v.exactOptional(count),
});

const fileSchema = v.looseObject({
  version,
  file: text,
  project: v.exactOptional(text),
  baseline: v.exactOptional(v.looseObject({ file: text, name: text })),
  pid: count,
  node: text,
  level: text,
  tests: count,
  cases: v.array(caseSchema),
  findings: v.array(findingSchema),
  accepted: v.array(
    v.looseObject({
      finding: findingSchema,
      by: v.picklist(['allow', 'known', 'baseline']),
      reason: v.exactOptional(text),
      place: v.exactOptional(text),
      entry: v.exactOptional(text),
    }),
  ),
  rules: v.array(ruleSchema),
  focused: v.boolean(),
  ownFailures: count,
  errors: v.looseObject({ leaks: count, others: count }),
  probes: texts,
  probeFailures: v.array(v.looseObject(probeFailure)),
  cost: v.looseObject({
    setupMs: milliseconds,
    judgingMs: milliseconds,
    waitedMs: milliseconds,
    recorded: count,
    stacks: count,
  }),
  durationMs: milliseconds,
});

const runSchema = v.looseObject({
  id: v.pipe(text, v.nonEmpty()),
  commit: v.exactOptional(text),
  startedAt: v.pipe(text, v.isoTimestamp()),
  endedAt: v.pipe(text, v.isoTimestamp()),
  shard: v.exactOptional(v.looseObject({ index: v.pipe(count, v.minValue(1)), count: v.pipe(count, v.minValue(1)) })),
  merged: v.exactOptional(count),
  ci: v.exactOptional(v.literal(true)),
});

/** The report of a run, as written by `leakgate run --report`. `report.schema.json` in the package is made from it. */
export const reportSchema: v.GenericSchema<RunReport> = v.looseObject({
  version,
  outcome: v.picklist(OUTCOMES),
  run: runSchema,
  versions: v.looseObject({ leakgate: texts, node: texts, jest: texts, platform: texts }),
  probes: v.looseObject({
    active: texts,
    failed: v.array(v.looseObject({ ...probeFailure, files: texts })),
  }),
  narrowed: v.boolean(),
  chosen: v.exactOptional(v.literal(true)),
  files: v.array(fileSchema),
  off: texts,
  orphans: v.array(v.looseObject({ pid: count, command: text, file: v.exactOptional(text) })),
  rules: v.array(ruleSchema),
  baselines: v.array(v.looseObject({ file: text, entries: v.array(entrySchema), present: v.exactOptional(texts) })),
  ratchet: v.array(
    v.looseObject({
      what: v.picklist(['unused-rule', 'expired-rule', 'fixed']),
      place: text,
      message: text,
      red: v.boolean(),
      entries: v.exactOptional(v.array(entrySchema)),
    }),
  ),
  misuses: texts,
  problems: texts,
  opinions: texts,
  notes: texts,
});

/** Parts of it that stand in several places, by the name that the published schema gives them. */
export const reportParts = {
  frame: frameSchema,
  scope: scopeSchema,
  thing: thingSchema,
  path: pathSchema,
  finding: findingSchema,
};

/** What is wrong with `value` as a report, by its first fault: the place, what is allowed, what was found. `undefined` if nothing is. */
export function faultOf(value: unknown): string | undefined {
  const result = v.safeParse(reportSchema, value, { abortEarly: true });
  if (result.success) return undefined;
  const [issue] = result.issues;
  return `${v.getDotPath(issue) ?? 'the whole'} must be ${issue.expected ?? 'otherwise'}; found ${issue.received}`;
}
