import type { Frame } from '../../model/frame';
import type { LeakGroup } from '../../model/leak-group';
import type { Accepted } from '../../model/ratchet';
import { scopeTitle } from '../../model/scope';
import { rulePlace } from '../text/rule-place';
import { clipped, visibleLine } from '../text/visible';
import { type Described, levelOf, ruleId } from './descriptors';
import { physical, plain } from './words';

/** More than the longest name anybody reads; test names go up to any length. */
const LONGEST_NAME = 500;
/** How many tests a result names as its places. */
const NAMED_TESTS = 10;

/** What a result must know of the log it stands in. */
export interface Context {
  readonly base: string;
  /** The run was held against a baseline: then every result says how it stands to that. */
  readonly baselines: boolean;
  /** Position of a rule in the log, which has it from then on. */
  indexOf(described: Described): number;
  /** The how manieth with this fingerprint it is, from 1. */
  nth(fingerprint: string): number;
}

/** What all results have: the rule, and how they stand to it and to the baseline. */
export function frameOfResult(described: Described, context: Context, accepted?: Accepted): object {
  return {
    ruleId: ruleId(described),
    ruleIndex: context.indexOf(described),
    // All results of a run have suppressions or none has (2.1.0, 3.27.23); an empty list says that there are none.
    suppressions: accepted === undefined ? [] : [suppression(accepted, context)],
    ...(context.baselines ? { baselineState: accepted?.by === 'baseline' ? 'unchanged' : 'new' } : {}),
  };
}

function suppression({ by, reason, place }: Accepted, { base }: Context): object {
  const at = place === undefined ? undefined : rulePlace(place);
  return {
    // Without a place, a test has granted it to itself.
    kind: by === 'allow' && place === undefined ? 'inSource' : 'external',
    status: 'accepted',
    justification: plain(by === 'baseline' ? 'In the baseline: it leaked when the gate came.' : `${by}: ${reason}`),
    ...(at === undefined ? {} : { location: { physicalLocation: physical(at, base) } }),
  };
}

/** GitHub tells alerts apart by the first alone, which is a hash and how many alike came before it. */
export const fingerprintsOf = (fingerprint: string, context: Context): object => ({
  primaryLocationLineHash: `${fingerprint}:${context.nth(fingerprint)}`,
  'leakgate/v1': fingerprint,
});

/** The result of one distinct leak, at its opening line. */
export function leakResult({ finding, count, scopes }: LeakGroup, context: Context, accepted?: Accepted): object {
  const { base } = context;
  const at = finding.openedAt ?? { file: finding.scope.file };
  const related: readonly (readonly [Frame | undefined, string])[] = [
    [finding.closedAt, 'closed here'],
    [finding.leftAt, 'what it left was made here'],
  ];
  const where = scopes.length > 1 ? `\nIt is found in ${scopes.length} places, ${count} times in all.` : '';
  return {
    ...frameOfResult({ finding }, context, accepted),
    level: levelOf(finding),
    message: { text: plain(`${finding.message}${where}`) },
    locations: [
      {
        physicalLocation: physical(at, base),
        logicalLocations: scopes.slice(0, NAMED_TESTS).map((scope) => ({
          fullyQualifiedName: clipped(visibleLine([scope.file, scopeTitle(scope)].join(' › ')), LONGEST_NAME),
          kind: 'function',
        })),
      },
    ],
    relatedLocations: related.flatMap(([frame, text], id) =>
      frame === undefined ? [] : [{ id: id + 1, physicalLocation: physical(frame, base), message: { text } }],
    ),
    occurrenceCount: Math.max(1, count),
    partialFingerprints: fingerprintsOf(finding.fingerprint, context),
  };
}
