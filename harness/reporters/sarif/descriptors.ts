import type { Finding, FindingKind } from '../../model/finding';
import type { RatchetFinding } from '../../model/ratchet';
import { withoutArticle } from '../../model/sentence';
import { plain } from './words';

/** What a result is of: a leak, or an exception that is out of date. */
export type Described = { readonly finding: Finding } | { readonly stale: RatchetFinding['what'] };

/** One of a log's rules. */
export interface Descriptor {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly defaultConfiguration: { readonly level: 'error' | 'warning' };
}

/** What each kind of finding means, for whoever opens the rule. */
const MEANING: Readonly<Record<FindingKind, string>> = {
  leak: 'is still live after the teardown of the test, suite or file that opened it',
  late: 'was opened by work that went on after its test was over',
  'foreign-close': 'was closed by a test, though an outer scope had opened it for others to use',
  unproven: 'is still live, and which of several concurrent tests opened it cannot be proved',
  retained: 'was closed, and is still reachable by the path that is shown',
  'unused-allow': 'is an allowance that matched nothing',
};

const STALE: Readonly<Record<RatchetFinding['what'], { readonly says: string; readonly help: string }>> = {
  'unused-rule': {
    says: 'A rule that lets leaks go matched nothing in the whole run.',
    help: 'Delete the rule, or correct what it names.',
  },
  'expired-rule': {
    says: "A rule's last day is over: it lets nothing go any more.",
    help: 'Mend the leak and delete the rule, or give it a new date.',
  },
  fixed: {
    says: 'A leak that the baseline accepts is mended.',
    help: 'Run `npx leakgate baseline prune`, and commit the file: a baseline only ever shrinks.',
  },
};

const noun = ({ root }: Finding): string => withoutArticle(root.noun);

/** Whether a result fails by its nature. */
export const levelOf = ({ kind }: Finding): 'error' | 'warning' => (kind === 'unproven' ? 'warning' : 'error');

const pascal = (id: string): string =>
  id.replaceAll(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_, first: string) => first.toUpperCase());

/** The id of the rule a result is of. */
export const ruleId = (described: Described): string =>
  'stale' in described ? `exception/${described.stale}` : `${described.finding.kind}/${described.finding.root.kind}`;

/** The rule a result is of. */
export function descriptorOf(described: Described): Descriptor {
  const id = ruleId(described);
  if ('stale' in described) {
    const { says, help } = STALE[described.stale];
    return {
      id,
      name: pascal(id),
      shortDescription: { text: says },
      fullDescription: { text: says },
      help: { text: help },
      defaultConfiguration: { level: 'error' },
    };
  }
  const { finding } = described;
  return {
    id,
    name: pascal(`${finding.kind}-${finding.root.kind}`),
    shortDescription: { text: plain(`${finding.kind}: ${noun(finding)}`) },
    fullDescription: { text: plain(`A resource (${noun(finding)}) ${MEANING[finding.kind]}.`) },
    help: { text: plain(finding.message.split('\n').slice(1).join('\n') || finding.message) },
    defaultConfiguration: { level: levelOf(finding) },
  };
}
