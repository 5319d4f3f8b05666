import { createHash } from 'node:crypto';
import { type BaselineEntry, entryKey } from '../../model/baseline';
import type { RatchetFinding } from '../../model/ratchet';
import type { RunReport } from '../../model/report';
import { type RulePlace, rulePlace } from '../text/rule-place';
import { type Context, fingerprintsOf, frameOfResult } from './leak-results';
import { physical, plain } from './words';

/** Like a leak's fingerprint: without lines, so that it stays when they move. */
const hashOf = (...words: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 12);

function result(
  { what, red }: RatchetFinding,
  context: Context,
  told: { readonly text: string; readonly at: RulePlace | undefined; readonly fingerprint: string },
): object {
  return {
    ...frameOfResult({ stale: what }, context),
    level: red ? 'error' : 'note',
    message: { text: plain(told.text) },
    locations: told.at === undefined ? [] : [{ physicalLocation: physical(told.at, context.base) }],
    partialFingerprints: fingerprintsOf(told.fingerprint, context),
  };
}

function ofEntry(stale: RatchetFinding, entry: BaselineEntry, context: Context): object {
  const where = [entry.file, entry.test].filter((part) => part !== '').join(' › ');
  return result(stale, context, {
    text: `The ${entry.kind} that ${where} leaked (${entry.fingerprint}) is mended. Run \`npx leakgate baseline prune\`, and commit the file.`,
    at: { file: stale.place, ...(entry.line === undefined ? {} : { line: entry.line }) },
    fingerprint: hashOf(stale.what, stale.place, entryKey(entry)),
  });
}

/** A result for every rule that is out of date, and every mended line of a baseline, on that very line. */
export function staleResults({ ratchet }: RunReport, context: Context): readonly object[] {
  return ratchet.flatMap((stale) => {
    if (stale.entries !== undefined) return stale.entries.map((entry) => ofEntry(stale, entry, context));
    const { place, message } = stale;
    const text = message.startsWith(place) ? message.slice(place.length).trimStart() : message;
    return [
      result(stale, context, {
        text,
        at: rulePlace(place),
        fingerprint: hashOf(stale.what, rulePlace(place)?.file ?? place, text),
      }),
    ];
  });
}
